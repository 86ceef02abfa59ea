using Conversations.Api.Conversations;

namespace Conversations.Api.Messages;

/// <summary>The message to store, and its conversation.</summary>
/// <param name="Inbound">Null for a message of the API.</param>
public sealed record NewMessage(Message Message, Conversation Conversation, InboundMessage? Inbound)
{
    /// <summary>After the write it is the row under the lock, which the events show.</summary>
    public Conversation Conversation { get; set; } = Conversation;

    public string StateBefore { get; } = Conversation.State;
}
