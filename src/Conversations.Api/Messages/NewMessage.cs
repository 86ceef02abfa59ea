using Conversations.Api.Conversations;

namespace Conversations.Api.Messages;

/// <summary>The message to store, and its conversation.</summary>
public sealed record NewMessage(Message Message, Conversation Conversation)
{
    /// <summary>After the write it is the row under the lock, which the events show.</summary>
    public Conversation Conversation { get; set; } = Conversation;

    public string StateBefore { get; } = Conversation.State;
}
