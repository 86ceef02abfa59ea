using Conversations.Api.ChatServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Accounts;

/// <summary>
/// The stored row of an account: the defaults of /v1/Configuration.
/// </summary>
public sealed class Account
{
    public required string Sid { get; init; }

    /// <summary>
    /// The token of an account that was made while the server ran; null for an account of the configuration. All
    /// servers need the token itself: a hash can't sign webhooks.
    /// </summary>
    public string? AuthToken { get; set; }

    public required string DefaultChatServiceSid { get; set; }

    public required string DefaultMessagingServiceSid { get; set; }

    /// <summary>ISO 8601 duration, for conversations created without Timers.Inactive; null for none.</summary>
    public string? DefaultInactiveTimer { get; set; }

    /// <summary>ISO 8601 duration, for conversations created without Timers.Closed; null for none.</summary>
    public string? DefaultClosedTimer { get; set; }
}

public sealed class AccountTable : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("accounts").HasKey(a => a.Sid);
        builder
            .HasOne<ChatService>()
            .WithMany()
            // A default service is one of the account. A deleted one is not, see DeletedServices.
            .HasForeignKey(a => new { a.DefaultChatServiceSid, a.Sid })
            .HasPrincipalKey(s => new { s.Sid, s.AccountSid })
            .OnDelete(DeleteBehavior.NoAction);
    }
}
