using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation's row is the lock of every write that changes its participants: one conditional UPDATE, first in the transaction. It
/// keeps the counts and the state, and waits for other writes to the same conversation.
/// </summary>
public static class ConversationLock
{
    public const int MaxParticipants = 1000;

    public const int MaxNonChatParticipants = 50;

    // Plain SQL, so that both rows take one round trip: this is the hot half of every create and delete.
    private static readonly string ReserveInConversation = $$"""
        UPDATE conversations
        SET participant_count = participant_count + {2}, non_chat_count = non_chat_count + {3}, group_count = group_count + {4}
        WHERE sid = {0} AND state <> '{{ConversationState.Closed}}' AND (group_count > 0) = {1}
            AND participant_count + {2} <= {{MaxParticipants}} AND non_chat_count + {3} <= {{MaxNonChatParticipants}}
        """;

    private static readonly string ReserveInBoth = $$"""
        {{ReserveInConversation}};
        UPDATE users SET conversation_count = conversation_count + {6} WHERE sid = {5} AND conversation_count + {6} <= {{User.MaxConversations}}
        """;

    /// <summary>
    /// Locks the conversation's row and counts a participant that is added (<paramref name="before"/> is null), removed
    /// (<paramref name="after"/> is null) or changes its kind.
    /// </summary>
    /// <param name="wasGroup">Whether the check found the conversation to be a group text. If that changed, it must check again.</param>
    /// <param name="user">
    /// The SID of the user whose identity enters or leaves; null without one. Its row is the lock of its number of conversations.
    /// </param>
    /// <param name="conversations">By how much that number changes.</param>
    /// <exception cref="WriteConflictException">
    /// The conversation is gone, closed, full, or no longer what the check saw; or the user is gone or in too many conversations.
    /// </exception>
    public static async Task ReserveAsync(
        this ConversationsDbContext db,
        string conversationSid,
        Kind? before,
        Kind? after,
        bool wasGroup,
        string? user,
        int conversations,
        CancellationToken cancellationToken
    )
    {
        var participants = Count(after is not null) - Count(before is not null);
        var nonChat = Count(after?.IsNonChat) - Count(before?.IsNonChat);
        var inGroup = Count(after?.IsInGroup) - Count(before?.IsInGroup);
        var (sql, rows) = user is null ? (ReserveInConversation, 1) : (ReserveInBoth, 2);
        object[] conversation = [conversationSid, wasGroup, participants, nonChat, inGroup];
        object[] parameters = user is null ? conversation : [.. conversation, user, conversations];
        WriteConflictException.ThrowIf(
            await db.Database.ExecuteSqlRawAsync(sql, parameters, cancellationToken) != rows
        );

        static int Count(bool? yes) => yes == true ? 1 : 0;
    }

    /// <summary>Locks the row of an open conversation without counting anything.</summary>
    /// <exception cref="WriteConflictException">The conversation is gone or closed.</exception>
    public static async Task LockAsync(
        this ConversationsDbContext db,
        string conversationSid,
        CancellationToken cancellationToken
    ) =>
        WriteConflictException.ThrowIf(
            await db.Set<Conversation>()
                .Where(c => c.Sid == conversationSid && c.State != ConversationState.Closed)
                .ExecuteUpdateAsync(
                    c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount),
                    cancellationToken
                ) == 0
        );

    /// <summary>
    /// Frees what an open conversation holds: its address pairs, its set of addresses, and its place among the conversations of its
    /// identities. The same transaction has closed the conversation's row first, so nothing can be added to what is freed here.
    /// </summary>
    public static async Task ReleaseAsync(
        this ConversationsDbContext db,
        string conversationSid,
        CancellationToken cancellationToken
    )
    {
        await db.Set<Participant>()
            .Where(p => p.ConversationSid == conversationSid && p.ActiveBinding != null)
            .ExecuteUpdateAsync(p => p.SetProperty(r => r.ActiveBinding, (string?)null), cancellationToken);
        await db.Set<Conversation>()
            .Where(c => c.Sid == conversationSid && c.GroupKey != null)
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.GroupKey, (string?)null), cancellationToken);
        await db.Set<User>()
            .Where(u =>
                db.Set<Participant>()
                    .Where(p => p.ConversationSid == conversationSid && p.UserSid != null)
                    .Select(p => p.UserSid)
                    .Contains(u.Sid)
            )
            .ExecuteUpdateAsync(
                u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount - 1),
                cancellationToken
            );
    }

    /// <summary>What the conversation's row counts of a participant.</summary>
    public readonly record struct Kind(bool IsNonChat, bool IsInGroup)
    {
        public static Kind Of(Participant participant) => new(participant.IsNonChat, participant.IsInGroup);
    }
}
