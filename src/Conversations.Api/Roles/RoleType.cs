namespace Conversations.Api.Roles;

/// <summary>The types of roles, and the permissions each type may hold.</summary>
public static class RoleType
{
    public const string Conversation = "conversation";

    public const string Service = "service";

    // Permissions that Twilio's API accepts in the acceptance tests of a public Terraform provider.
    private static readonly string[] Both =
    [
        "addParticipant",
        "removeParticipant",
        "addNonChatParticipant",
        "editOwnParticipantAttributes",
        "editAnyParticipantAttributes",
        "deleteConversation",
        "editConversationName",
        "editConversationAttributes",
        "editOwnMessage",
        "editOwnMessageAttributes",
        "editAnyMessage",
        "editAnyMessageAttributes",
        "deleteOwnMessage",
        "deleteAnyMessage",
    ];

    private static readonly HashSet<string> ConversationPermissions =
    [
        .. Both,
        "editNotificationLevel",
        "sendMessage",
        "leaveConversation",
        "sendMediaMessage",
    ];

    private static readonly HashSet<string> ServicePermissions =
    [
        .. Both,
        "editAnyUserInfo",
        "editOwnUserInfo",
        "createConversation",
        "joinConversation",
    ];

    public static bool IsKnown(string? type) => type is Conversation or Service;

    public static bool Allows(string type, string permission) =>
        (type == Service ? ServicePermissions : ConversationPermissions).Contains(permission);
}
