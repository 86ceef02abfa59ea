using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation that the built-in account has from the start, for first experiments. It can be deleted like any
/// other.
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
