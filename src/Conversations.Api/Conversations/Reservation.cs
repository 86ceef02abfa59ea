using Conversations.Api.Accounts;

namespace Conversations.Api.Conversations;

/// <summary>
/// A participant that is added (<paramref name="Before"/> is null), is removed (<paramref name="After"/> is null) or
/// changes its kind. <see cref="ConversationLock.ReserveAsync"/> counts it in the conversation's row.
/// </summary>
/// <param name="WasGroup">
/// Whether the conversation was a group text at the check. If that changed, it is a conflict.
/// </param>
public sealed record Reservation(string ConversationSid, ParticipantKind? Before, ParticipantKind? After, bool WasGroup)
{
    /// <summary>
    /// The name of the conversation in the path, which it must still have; null when the path has its SID.
    /// </summary>
    public string? UniqueName { get; init; }

    /// <summary>
    /// The conversation as the check found it, which a new participant makes active; null for other changes.
    /// </summary>
    public (Conversation Conversation, DateTime Now)? Woken { get; init; }

    /// <summary>The defaults of a new participant and its new user; null for none.</summary>
    public Defaults? Defaults { get; init; }

    /// <summary>
    /// The user whose identity joins or leaves; null for none. The user's row is the lock for the number of its
    /// conversations.
    /// </summary>
    public string? UserSid { get; init; }

    /// <summary>The change of that number.</summary>
    public int UserConversations { get; init; }

    /// <summary>The change of the number of participants of that kind.</summary>
    public int Change(Func<ParticipantKind, bool> counts) => Count(After, counts) - Count(Before, counts);

    private static int Count(ParticipantKind? kind, Func<ParticipantKind, bool> counts) =>
        kind is { } one && counts(one) ? 1 : 0;
}
