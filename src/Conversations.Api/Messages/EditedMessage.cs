namespace Conversations.Api.Messages;

/// <summary>The changed message to store.</summary>
public sealed record EditedMessage(Message Message, DateTime DateUpdatedBefore);
