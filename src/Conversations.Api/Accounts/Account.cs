using Conversations.Api.ChatServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Accounts;

/// <summary>
/// The stored row of an account: the defaults of /v1/Configuration. The credentials are only in the configuration.
/// </summary>
public sealed class Account
{
    public required string Sid { get; init; }

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
            .HasForeignKey(a => a.DefaultChatServiceSid)
            .OnDelete(DeleteBehavior.NoAction);
    }
}
