using Conversations.Api.Conversations;
using Conversations.Api.Participants;

namespace Conversations.Api.ParticipantConversations;

/// <summary>A participant and its conversation: one item of the list. It is a view, and has no table.</summary>
public sealed class ParticipantConversation
{
    public required Participant Participant { get; init; }

    public required Conversation Conversation { get; init; }
}
