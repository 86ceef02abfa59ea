using Conversations.Api.Conversations;

namespace Conversations.Api.Messages;

/// <summary>What the check of a new message or of a new author depends on.</summary>
/// <param name="ParticipantSid">The participant that the author names; null for none.</param>
/// <param name="IsMediaUsed">Whether a message of the chat service has the media.</param>
public sealed record MessageFacts(Conversation Conversation, string? ParticipantSid, bool IsMediaUsed);
