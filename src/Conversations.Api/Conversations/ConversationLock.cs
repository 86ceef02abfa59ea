using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation's row is the lock for every write that changes its participants. The lock is one conditional UPDATE
/// at the beginning of the transaction. It checks the state, updates the counts, and waits for other writes to the same
/// conversation.
/// </summary>
public static class ConversationLock
{
    public const int MaxParticipants = 1000;

    public const int MaxNonChatParticipants = 50;

    // Plain SQL updates both rows in one round trip. This is the expensive half of every create and delete.
    private static readonly string ReserveInConversation = $$"""
        UPDATE conversations
        SET participant_count = participant_count + {2}, non_chat_count = non_chat_count + {3},
            group_count = group_count + {4}
        WHERE sid = {0} AND state <> '{{ConversationState.Closed}}' AND (group_count > 0) = {1}
            AND participant_count + {2} <= {{MaxParticipants}} AND non_chat_count + {3} <= {{MaxNonChatParticipants}}
        """;

    private static readonly string ReserveInBoth = $$"""
        {{ReserveInConversation}};
        UPDATE users SET conversation_count = conversation_count + {6}
        WHERE sid = {5} AND conversation_count + {6} <= {{User.MaxConversations}}
        """;

    /// <summary>
    /// Locks the conversation's row and counts a participant that is added (<paramref name="before"/> is null), is
    /// removed (<paramref name="after"/> is null) or changes its kind.
    /// </summary>
    /// <param name="wasGroup">
    /// Whether the conversation was a group text at the check. If that changed, it is a conflict.
    /// </param>
    /// <param name="user">
    /// The SID of the user whose identity joins or leaves; null for none. The user's row is the lock for the number of
    /// its conversations.
    /// </param>
    /// <param name="conversations">The change of that number.</param>
    /// <exception cref="WriteConflictException">
    /// The conversation is deleted, closed, full, or no longer as the check found it; or the user is deleted or in too
    /// many conversations.
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

    /// <summary>Locks the row of an open conversation without a change of its counts.</summary>
    /// <exception cref="WriteConflictException">The conversation is deleted or closed.</exception>
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
    /// Releases what an open conversation holds: its address pairs, its address set, and its part in the conversation
    /// counts of its users. The caller has closed the conversation's row in the same transaction, so no other write can
    /// add anything.
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

    /// <summary>The properties of a participant that the conversation's row counts.</summary>
    public readonly record struct Kind(bool IsNonChat, bool IsInGroup)
    {
        public static Kind Of(Participant participant) => new(participant.IsNonChat, participant.IsInGroup);
    }
}
