using Conversations.Api.Accounts;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation that the built-in account has from the start, so that there is one to try things on. It can be deleted
/// as any other.
/// </summary>
public static class StarterConversation
{
    /// <summary>What Swagger UI fills in where a conversation is asked for.</summary>
    public const string UniqueName = "my-first-conversation";

    public static Conversation New(AccountOptions account, string sid, DateTime now) => new()
    {
        Sid = sid,
        AccountSid = account.Sid,
        ChatServiceSid = account.DefaultChatServiceSid,
        MessagingServiceSid = account.DefaultMessagingServiceSid,
        FriendlyName = "My first conversation",
        UniqueName = UniqueName,
        State = ConversationState.Active,
        DateCreated = now,
        DateUpdated = now,
    };
}
