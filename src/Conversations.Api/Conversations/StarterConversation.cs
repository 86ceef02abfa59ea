using Conversations.Api.Accounts;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation that the built-in account has from the start, for first experiments. It can be deleted like any
/// other.
/// </summary>
public static class StarterConversation
{
    /// <summary>
    /// Swagger UI fills it in where an operation needs a conversation: the controllers' comments have it as example.
    /// </summary>
    public const string UniqueName = "my-first-conversation";

    public static Conversation New(AccountOptions account, string sid, DateTime now) =>
        new()
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
