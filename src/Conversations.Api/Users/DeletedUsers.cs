using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Users;

/// <summary>
/// Users who are deleted, but still have participants in closed conversations: too many for one transaction. No request
/// sees the user or these participants (<see cref="ShownParticipants"/>). The batches here delete them.
/// </summary>
public static class DeletedUsers
{
    public static Remainder Remainder { get; } = new(PurgeAsync);

    /// <summary>
    /// Takes the user out of its account, so that no request finds it, and its identity is free. The update also locks
    /// the user's row: after it no participant can join with the user.
    /// </summary>
    /// <exception cref="WriteConflictException">The user is deleted or hidden already.</exception>
    public static async Task HideAsync(this ConversationsDbContext db, User user, CancellationToken cancellationToken)
    {
        // No identity is that long.
        var identity = user.Sid.PadRight(IdentityRules.MaxLength + 1, '-');
        WriteConflictException.ThrowIf(
            await db.Set<User>()
                .Where(u => u.Sid == user.Sid && u.AccountSid != Resource.NoAccount)
                .ExecuteUpdateAsync(
                    u =>
                        u.SetProperty(r => r.AccountSid, Resource.NoAccount)
                            .SetProperty(r => r.Identity, identity)
                            .SetProperty(r => r.ConversationCount, User.MaxConversations),
                    cancellationToken
                ) == 0
        );
    }

    private static async Task<bool> PurgeAsync(ConversationsDbContext db, CancellationToken cancellationToken)
    {
        var hidden = await db.Set<User>()
            .Where(u => u.AccountSid == Resource.NoAccount)
            .Select(u => u.Sid)
            .FirstOrDefaultAsync(cancellationToken);
        return hidden is not null
            && await db.InTransactionAsync(
                async () =>
                {
                    if (await LeaveAsync(db, hidden, cancellationToken) == 0)
                    {
                        await db.Set<User>().Where(u => u.Sid == hidden).ExecuteDeleteAsync(cancellationToken);
                    }

                    return true;
                },
                cancellationToken
            );
    }

    // The user's row is the lock: two processes don't count a participant twice.
    private static async Task<int> LeaveAsync(
        ConversationsDbContext db,
        string userSid,
        CancellationToken cancellationToken
    )
    {
        await db.Set<User>()
            .Where(u => u.Sid == userSid)
            .ExecuteUpdateAsync(
                u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount),
                cancellationToken
            );
        var batch = await db.Set<Participant>()
            .Where(p => p.UserSid == userSid)
            .OrderBy(p => p.UserSid)
            .Take(ConversationsDbContext.BatchSize)
            .Select(p => new
            {
                p.Sid,
                p.ConversationSid,
                p.ProjectedAddress,
            })
            .ToListAsync(cancellationToken);
        string[] sids = [.. batch.Select(p => p.Sid)];
        string[] conversations = [.. batch.Select(p => p.ConversationSid)];
        string[] groupTexts = [.. batch.Where(p => p.ProjectedAddress is not null).Select(p => p.ConversationSid)];
        await db.Set<Conversation>()
            .Where(c => conversations.Contains(c.Sid))
            .ExecuteUpdateAsync(
                c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount - 1),
                cancellationToken
            );
        await db.Set<Conversation>()
            .Where(c => groupTexts.Contains(c.Sid))
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.GroupCount, r => r.GroupCount - 1), cancellationToken);
        await db.Set<Participant>().Where(p => sids.Contains(p.Sid)).ExecuteDeleteAsync(cancellationToken);
        return batch.Count;
    }
}
