namespace Conversations.Api.Participants;

/// <summary>Whether a user is notified of new messages. Here it has no effect.</summary>
public static class NotificationLevel
{
    public const string Default = "default";

    public const string Muted = "muted";
}
