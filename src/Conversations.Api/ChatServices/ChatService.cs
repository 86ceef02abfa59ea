using Conversations.Api.Data;
using Conversations.Api.Roles;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.ChatServices;

/// <summary>
/// A Conversation Service (IS…). It contains conversations, users and roles, and names the default roles.
/// </summary>
public sealed class ChatService : Resource, IResource
{
    public static string SidPrefix => "IS";

    public required string FriendlyName { get; set; }

    /// <summary>
    /// The role of a user who creates a conversation through an SDK. It is only stored and shown, because no SDK
    /// connects to this server.
    /// </summary>
    public required string DefaultConversationCreatorRoleSid { get; set; }

    /// <summary>The role of a participant that is created without RoleSid.</summary>
    public required string DefaultConversationRoleSid { get; set; }

    /// <summary>The role of a user that is created without RoleSid.</summary>
    public required string DefaultChatServiceRoleSid { get; set; }

    public bool ReachabilityEnabled { get; set; }

    /// <summary>Makes a service and its four built-in roles, which include the default roles.</summary>
    public static (ChatService ChatService, IReadOnlyList<Role> Roles) New(
        string accountSid,
        string sid,
        string friendlyName,
        AccountClock clock
    )
    {
        var roles = BuiltInRoles.New(accountSid, sid, clock);
        var now = clock.Now;
        var service = new ChatService
        {
            Sid = sid,
            AccountSid = accountSid,
            FriendlyName = friendlyName,
            DefaultConversationCreatorRoleSid = roles.ChannelAdmin.Sid,
            DefaultConversationRoleSid = roles.ChannelUser.Sid,
            DefaultChatServiceRoleSid = roles.ServiceUser.Sid,
            DateCreated = now,
            DateUpdated = now,
        };
        return (service, roles.All);
    }
}

public sealed class ChatServiceTable : IEntityTypeConfiguration<ChatService>
{
    public void Configure(EntityTypeBuilder<ChatService> builder)
    {
        // The default roles are not foreign keys: the service and its roles would each have to be stored before the
        // other. Instead, the service's row is the lock, see RoleService.DeleteAsync and ServiceConfigurationService.
        builder.ToTable("chat_services").HasKey(s => s.Sid);
        builder.HasIndex(s => s.Sid, "ix_chat_services_deleted").HasFilter("account_sid = ''");
        builder.HasIndex(s => new { s.AccountSid, s.Sid }, "ix_chat_services_account");
    }
}
