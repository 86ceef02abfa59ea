using Conversations.Api.Conversations;

namespace Conversations.Api.Messages;

/// <summary>A message and its conversation.</summary>
public sealed record FoundMessage(Message Message, Conversation Conversation);
