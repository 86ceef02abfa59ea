namespace Conversations.Api.Messages;

/// <summary>A message, and the state of its conversation.</summary>
public sealed record FoundMessage(Message Message, string State);
