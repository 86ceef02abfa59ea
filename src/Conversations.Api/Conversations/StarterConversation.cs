using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation that the built-in account has from the start, so that there is one to try things on. It can be deleted
/// as any other.
/// </summary>
public static class StarterConversation
{
    public static Conversation New(AccountOptions account, string sid, DateTime now) =>
        new()
        {
            Sid = sid,
            AccountSid = account.Sid,
            ChatServiceSid = account.DefaultChatServiceSid,
            MessagingServiceSid = account.DefaultMessagingServiceSid,
            FriendlyName = "My first conversation",
            UniqueName = ExampleRows.ConversationUniqueName,
            State = ConversationState.Active,
            DateCreated = now,
            DateUpdated = now,
        };
}
