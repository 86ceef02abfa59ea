using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation's row is the gate of all that changes its participants: one conditional UPDATE, first in the transaction. It
/// holds the counts and the state, and waits for whoever else is changing the same conversation.
/// </summary>
public static class ConversationGate
{
    public const int MaxParticipants = 1000;

    public const int MaxNonChatParticipants = 50;

    // SQL as it is, both rows in one round trip: this is the hot half of every create and delete.
    private static readonly string PassConversation = $$"""
        UPDATE conversations
        SET participant_count = participant_count + {2}, non_chat_count = non_chat_count + {3}, group_count = group_count + {4}
        WHERE sid = {0} AND state <> '{{ConversationState.Closed}}' AND (group_count > 0) = {1}
            AND participant_count + {2} <= {{MaxParticipants}} AND non_chat_count + {3} <= {{MaxNonChatParticipants}}
        """;

    private static readonly string PassBoth = $$"""
        {{PassConversation}};
        UPDATE users SET conversation_count = conversation_count + {6} WHERE sid = {5} AND conversation_count + {6} <= {{User.MaxConversations}}
        """;

    /// <summary>
    /// Goes through the gate with a participant that comes, goes or changes its kind (<paramref name="before"/> or
    /// <paramref name="after"/> null).
    /// </summary>
    /// <param name="wasGroup">Whether the check found the conversation to be a group text; if that changed since, check again.</param>
    /// <param name="user">The SID of the user whose identity enters or leaves, if there is one; its row is the gate of how many conversations that may be in.</param>
    /// <param name="conversations">By how much their number changes.</param>
    /// <returns>False when a gate is shut: the conversation is gone, closed, full, or no longer what the check saw; the user is gone or in too many.</returns>
    public static async Task<bool> PassGateAsync(
        this ConversationsDbContext db, string conversationSid, Kind? before, Kind? after, bool wasGroup, string? user, int conversations, CancellationToken cancellationToken)
    {
        var participants = Count(after is not null) - Count(before is not null);
        var nonChat = Count(after?.IsNonChat) - Count(before?.IsNonChat);
        var inGroup = Count(after?.IsInGroup) - Count(before?.IsInGroup);
        return user is null
            ? await db.Database.ExecuteSqlRawAsync(PassConversation, [conversationSid, wasGroup, participants, nonChat, inGroup], cancellationToken) == 1
            : await db.Database.ExecuteSqlRawAsync(PassBoth, [conversationSid, wasGroup, participants, nonChat, inGroup, user, conversations], cancellationToken) == 2;

        static int Count(bool? yes) => yes == true ? 1 : 0;
    }

    /// <summary>Holds the gate of an open conversation for something that it does not count itself.</summary>
    /// <returns>False when the conversation is gone or closed.</returns>
    public static async Task<bool> HoldGateAsync(this ConversationsDbContext db, string conversationSid, CancellationToken cancellationToken)
        => await db.Conversations
            .Where(c => c.Sid == conversationSid && c.State != ConversationState.Closed)
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount), cancellationToken) > 0;

    /// <summary>
    /// Lets go of what an open conversation holds: its address pairs route no more, its set of addresses is free, and it no longer counts
    /// for its identities. The conversation's own row is already closed in the same transaction: what it holds is decided only now.
    /// </summary>
    public static async Task ReleaseAsync(this ConversationsDbContext db, string conversationSid, CancellationToken cancellationToken)
    {
        await db.Participants
            .Where(p => p.ConversationSid == conversationSid && p.ActiveBinding != null)
            .ExecuteUpdateAsync(p => p.SetProperty(r => r.ActiveBinding, (string?)null), cancellationToken);
        await db.Conversations
            .Where(c => c.Sid == conversationSid && c.GroupKey != null)
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.GroupKey, (string?)null), cancellationToken);
        await db.Users
            .Where(u => db.Participants.Where(p => p.ConversationSid == conversationSid && p.UserSid != null).Select(p => p.UserSid).Contains(u.Sid))
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount - 1), cancellationToken);
    }

    /// <summary>What the gate counts of a participant.</summary>
    public readonly record struct Kind(bool IsNonChat, bool IsInGroup)
    {
        public static Kind Of(Participant participant) => new(participant.IsNonChat, participant.IsInGroup);
    }
}
