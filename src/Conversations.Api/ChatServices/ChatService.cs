using Conversations.Api.Data;
using Conversations.Api.Roles;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.ChatServices;

/// <summary>A Conversation Service (IS…): the home of conversations, users and roles, and their default roles.</summary>
public sealed class ChatService : Resource, IResource
{
    public static string SidPrefix => "IS";

    public required string FriendlyName { get; set; }

    /// <summary>The role of the creator of a conversation in an SDK. Stored and shown only: no SDK connects here.</summary>
    public required string DefaultConversationCreatorRoleSid { get; set; }

    /// <summary>Given to a participant created without RoleSid.</summary>
    public required string DefaultConversationRoleSid { get; set; }

    /// <summary>Given to a user created without RoleSid.</summary>
    public required string DefaultChatServiceRoleSid { get; set; }

    public bool ReachabilityEnabled { get; set; }

    /// <summary>A new service together with its four built-in roles, the defaults among them.</summary>
    public static (ChatService ChatService, IReadOnlyList<Role> Roles) New(
        string accountSid,
        string sid,
        string friendlyName,
        DateTimeOffset now
    )
    {
        var roles = BuiltInRoles.New(accountSid, sid, now);
        var service = new ChatService
        {
            Sid = sid,
            AccountSid = accountSid,
            FriendlyName = friendlyName,
            DefaultConversationCreatorRoleSid = roles.ChannelAdmin.Sid,
            DefaultConversationRoleSid = roles.ChannelUser.Sid,
            DefaultChatServiceRoleSid = roles.ServiceUser.Sid,
            DateCreated = now.UtcDateTime,
            DateUpdated = now.UtcDateTime,
        };
        return (service, roles.All);
    }
}

public sealed class ChatServiceTable : IEntityTypeConfiguration<ChatService>
{
    public void Configure(EntityTypeBuilder<ChatService> builder)
    {
        // The default roles are no foreign keys: service and roles would then each have to be stored before the other. The
        // service's row is the lock instead, see RoleService.DeleteAsync and ServiceConfigurationService.
        builder.ToTable("chat_services").HasKey(s => s.Sid);
        builder.HasIndex(s => new { s.AccountSid, s.Sid }, "ix_chat_services_account");
    }
}
