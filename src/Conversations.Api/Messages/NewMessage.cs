using Conversations.Api.Conversations;

namespace Conversations.Api.Messages;

/// <summary>A message as it is to be stored, and its conversation.</summary>
public sealed record NewMessage(Message Message, Conversation Conversation)
{
    /// <summary>After the write the row under the lock, which the events show.</summary>
    public Conversation Conversation { get; set; } = Conversation;

    public string StateBefore { get; } = Conversation.State;
}
