using Conversations.Api.Data;

namespace Conversations.Api.Roles;

/// <summary>
/// The four roles of every new chat service. The permissions of "channel admin" are recorded. The other names and lists
/// are those of Programmable Chat, the predecessor of Conversations, and are a guess.
/// </summary>
public sealed record BuiltInRoles(Role ChannelAdmin, Role ChannelUser, Role ServiceAdmin, Role ServiceUser)
{
    private static readonly string[] ChannelAdminPermissions =
    [
        "deleteConversation",
        "removeParticipant",
        "editConversationName",
        "editConversationAttributes",
        "addParticipant",
        "sendMessage",
        "sendMediaMessage",
        "leaveConversation",
        "editAnyMessage",
        "editAnyMessageAttributes",
        "editAnyParticipantAttributes",
        "deleteAnyMessage",
        "editNotificationLevel",
    ];

    private static readonly string[] ChannelUserPermissions =
    [
        "sendMessage",
        "sendMediaMessage",
        "leaveConversation",
        "editOwnMessage",
        "editOwnMessageAttributes",
        "deleteOwnMessage",
        "editOwnParticipantAttributes",
    ];

    private static readonly string[] ServiceAdminPermissions =
    [
        "createConversation",
        "joinConversation",
        "editOwnUserInfo",
        "editAnyUserInfo",
        "addParticipant",
        "removeParticipant",
        "deleteConversation",
        "editConversationName",
        "editConversationAttributes",
        "editAnyMessage",
        "editAnyMessageAttributes",
        "editAnyParticipantAttributes",
        "deleteAnyMessage",
    ];

    private static readonly string[] ServiceUserPermissions =
    [
        "createConversation",
        "joinConversation",
        "editOwnUserInfo",
    ];

    public IReadOnlyList<Role> All => [ChannelAdmin, ChannelUser, ServiceAdmin, ServiceUser];

    public static BuiltInRoles New(string accountSid, string chatServiceSid, AccountClock clock)
    {
        var now = clock.Now;
        return new(
            Role("channel admin", RoleType.Conversation, ChannelAdminPermissions),
            Role("channel user", RoleType.Conversation, ChannelUserPermissions),
            Role("service admin", RoleType.Service, ServiceAdminPermissions),
            Role("service user", RoleType.Service, ServiceUserPermissions)
        );

        Role Role(string friendlyName, string type, string[] permissions) =>
            new()
            {
                Sid = clock.NewSid<Role>(),
                AccountSid = accountSid,
                ChatServiceSid = chatServiceSid,
                FriendlyName = friendlyName,
                Type = type,
                Permissions = permissions,
                DateCreated = now,
                DateUpdated = now,
            };
    }
}
