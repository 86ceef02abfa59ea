using Conversations.Api.Conversations;

namespace Conversations.Api.Participants;

/// <summary>A participant and its conversation.</summary>
public sealed record Member(Participant Participant, Conversation Conversation);
