namespace Conversations.Api.Messages;

/// <summary>A changed message as it is to be stored.</summary>
public sealed record EditedMessage(Message Message, DateTime DateUpdatedBefore);
