using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Users;

namespace Conversations.Api.Participants;

/// <summary>A new or changed participant as it is to be stored.</summary>
/// <param name="WasGroup">Whether the conversation is a group text before the change.</param>
/// <param name="Before">
/// What the conversation's row counts for the participant before the change; null if it is new.
/// </param>
/// <param name="ChangesBinding">False when the change does not affect the group.</param>
/// <param name="Joins">Whether an identity joins the conversation, which its user's row counts.</param>
/// <param name="NewUser">The user that is created with the participant; null for none.</param>
public sealed record ParticipantChange(
    Participant Participant,
    bool WasGroup,
    ParticipantKind? Before,
    bool ChangesBinding = true,
    bool Joins = false,
    User? NewUser = null,
    Defaults? Defaults = null
)
{
    /// <summary>The conversation as the check found it, for a new participant; null for another change.</summary>
    public Conversation? Joined { get; init; }

    /// <summary>Whether a chat participant of a group text loses its projected address.</summary>
    public bool LeavesGroup => Before is { IsInGroup: true } && !Participant.IsInGroup && Participant.Address is null;

    /// <summary>Whether the rules of a group text apply to the change.</summary>
    public bool IsGroupChange => ChangesBinding && (WasGroup || Participant.IsInGroup) && !LeavesGroup;
}
