using Conversations.Api.Conversations;
using Conversations.Api.Participants;

namespace Conversations.Api.UserConversations;

/// <summary>A conversation that a user is in, with the user's participant. It is a view, and has no table.</summary>
public sealed class UserConversation
{
    public required Participant Participant { get; init; }

    public required Conversation Conversation { get; init; }

    /// <summary>
    /// The number of messages above the read horizon, the user's own included, up to
    /// <see cref="MaxUnreadMessages"/>; null without a horizon.
    /// </summary>
    public int? UnreadMessagesCount { get; init; }

    /// <summary>Where the count of unread messages stops.</summary>
    public const int MaxUnreadMessages = 1000;
}
