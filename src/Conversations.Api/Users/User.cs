using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Roles;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Users;

/// <summary>A User (US…): the identity of chat participants, unique in its chat service.</summary>
public sealed class User : ServiceResource, IResource, IHasRole
{
    public static string SidPrefix => "US";

    /// <summary>The maximum number of active and inactive conversations that an identity may be in.</summary>
    public const int MaxConversations = 1000;

    /// <summary>Up to 256 characters, case-sensitive.</summary>
    public required string Identity { get; init; }

    public string? FriendlyName { get; set; }

    /// <summary>JSON text, kept byte for byte.</summary>
    public string Attributes { get; set; } = "{}";

    public required string RoleSid { get; set; }

    /// <summary>
    /// How many active and inactive conversations the identity is in. Closed conversations do not count.
    /// </summary>
    public int ConversationCount { get; set; }

    /// <summary>Makes the user that is created with the first participant of its identity.</summary>
    public static User New(Conversation conversation, string identity, string roleSid, AccountClock clock)
    {
        var now = clock.Now;
        return new()
        {
            Sid = clock.NewSid<User>(),
            AccountSid = conversation.AccountSid,
            ChatServiceSid = conversation.ChatServiceSid,
            Identity = identity,
            RoleSid = roleSid,
            ConversationCount = 1,
            DateCreated = now,
            DateUpdated = now,
        };
    }
}

public sealed class UserTable : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users").HasKey(u => u.Sid);

        // No update follows a deletion, see DeletedUsers.
        builder.Property(u => u.AccountSid).IsConcurrencyToken();

        // The answer and the events show the role that the check has read, which may be a stand-in now.
        builder.Property(u => u.RoleSid).IsConcurrencyToken();
        builder.HasOne<ChatService>().WithMany().HasForeignKey(u => u.ChatServiceSid).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Role>().WithMany().HasForeignKey(u => u.RoleSid).OnDelete(DeleteBehavior.NoAction);
        builder.HasIndex(u => new { u.ChatServiceSid, u.Identity }, "ux_users_identity").IsUnique();
        builder.HasIndex(u => new { u.ChatServiceSid, u.Sid }, "ix_users_chat_service");
        builder.HasIndex(u => u.RoleSid, "ix_users_role");
        builder.HasIndex(u => u.Sid, "ix_users_deleted").HasFilter("account_sid = ''");
    }
}
