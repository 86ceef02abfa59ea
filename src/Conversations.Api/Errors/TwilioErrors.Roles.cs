namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
    public static readonly TwilioError RoleNotFound = new(400, 50100, "Role not found");
    public static readonly TwilioError PermissionNotFound = new(400, 50104, "Permission not found");
    public static readonly TwilioError InvalidPermission = new(400, 20001, "Invalid Permission parameter"); // Guess.
    public static readonly TwilioError InvalidRoleType = new(400, 50105, "Invalid role type");

    // Status: guess.
    public static readonly TwilioError ConversationRoleNotFound = new(400, 50109, "Conversation role not found");

    // Guess.
    public static readonly TwilioError DefaultRoleNotDeletable = new(400, 20001, "A default Role can't be deleted");
}
