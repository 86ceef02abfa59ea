namespace Conversations.Api.Conversations;

/// <summary>Twilio's states of a conversation. The state closed is final.</summary>
public static class ConversationState
{
    public const string Active = "active";

    public const string Inactive = "inactive";

    public const string Closed = "closed";

    public static bool IsKnown(string state) => state is Active or Inactive or Closed;
}
