using Conversations.Api.Data;

namespace Conversations.Api.Roles;

/// <summary>
/// The four roles of every new chat service. The permissions of "channel admin" are recorded. The other names and lists
/// are those of Programmable Chat, the predecessor of Conversations, and are a guess.
/// </summary>
public sealed record BuiltInRoles(Role ChannelAdmin, Role ChannelUser, Role ServiceAdmin, Role ServiceUser)
{
    public IReadOnlyList<Role> All => [ChannelAdmin, ChannelUser, ServiceAdmin, ServiceUser];

    public static BuiltInRoles New(string accountSid, string chatServiceSid, DateTimeOffset now)
    {
        return new(
            Role(
                "channel admin",
                RoleType.Conversation,
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
                "editNotificationLevel"
            ),
            Role(
                "channel user",
                RoleType.Conversation,
                "sendMessage",
                "sendMediaMessage",
                "leaveConversation",
                "editOwnMessage",
                "editOwnMessageAttributes",
                "deleteOwnMessage",
                "editOwnParticipantAttributes"
            ),
            Role(
                "service admin",
                RoleType.Service,
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
                "deleteAnyMessage"
            ),
            Role("service user", RoleType.Service, "createConversation", "joinConversation", "editOwnUserInfo")
        );

        Role Role(string friendlyName, string type, params string[] permissions) =>
            new()
            {
                Sid = Sids.New<Role>(now),
                AccountSid = accountSid,
                ChatServiceSid = chatServiceSid,
                FriendlyName = friendlyName,
                Type = type,
                Permissions = permissions,
                DateCreated = now.UtcDateTime,
                DateUpdated = now.UtcDateTime,
            };
    }
}
