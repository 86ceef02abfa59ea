using Conversations.Api.Participants;

namespace Conversations.Api.Conversations;

/// <summary>The properties of a participant that the conversation's row counts.</summary>
public readonly record struct ParticipantKind(bool IsNonChat, bool IsInGroup)
{
    public static ParticipantKind Of(Participant participant) => new(participant.IsNonChat, participant.IsInGroup);
}
