using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>The last changes of a conversation: it is closed, or hidden until all of it is deleted.</summary>
public static class ConversationEnd
{
    /// <summary>
    /// Closes the conversation, a tracked row, and releases what it holds. The update of the row comes first: after it
    /// no other write can add anything to the conversation.
    /// </summary>
    public static async Task CloseAsync(
        this ConversationsDbContext db,
        Conversation conversation,
        CancellationToken cancellationToken
    )
    {
        var row = db.Entry(conversation);
        row.Write(c => c.State, ConversationState.Closed, ConversationState.Closed);
        row.Write(c => c.DateInactive, ConversationState.Closed, value: null);
        row.Write(c => c.DateClosed, ConversationState.Closed, value: null);
        await db.SaveChangesAsync(cancellationToken);
        await db.ReleaseAsync([conversation.Sid], cancellationToken);
    }

    /// <summary>
    /// Takes a conversation that has too many messages for one transaction out of its account, so that no request finds
    /// it, and releases what it held. <see cref="Purger"/> deletes the rest. Its own webhooks stay till
    /// then: the last events still need them.
    /// </summary>
    /// <param name="conversation">A tracked row.</param>
    /// <exception cref="WriteConflictException">The conversation is deleted or hidden already.</exception>
    public static async Task HideAsync(
        this ConversationsDbContext db,
        Conversation conversation,
        CancellationToken cancellationToken
    )
    {
        if (!conversation.IsClosed)
        {
            await db.CloseAsync(conversation, cancellationToken);
        }

        var sid = conversation.Sid;
        WriteConflictException.ThrowIf(
            await db.Set<Conversation>()
                .Where(c => c.Sid == sid && c.AccountSid != Resource.NoAccount)
                .ExecuteUpdateAsync(
                    c =>
                        c.SetProperty(r => r.AccountSid, Resource.NoAccount)
                            .SetProperty(r => r.UniqueName, (string?)null),
                    cancellationToken
                ) == 0
        );
        await db.Set<Participant>().Where(p => p.ConversationSid == sid).ExecuteDeleteAsync(cancellationToken);

        // The next steps of their deliveries would fire events of a deleted conversation. The index of due steps finds
        // them.
        var underWay = db.Set<Receipt>().Where(r => r.NextStep != null && r.ConversationSid == sid);
        await db.Set<Message>()
            .Where(m => underWay.Select(r => r.MessageSid).Contains(m.Sid))
            .ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>
    /// Releases what conversations of deleted chat services still hold, so that live ones can have it at once.
    /// </summary>
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> ReleaseDeletedAsync(
        this ConversationsDbContext db,
        IQueryable<Conversation> all,
        CancellationToken cancellationToken
    )
    {
        var sids = await all.Where(c =>
                db.Set<ChatService>().Any(s => s.Sid == c.ChatServiceSid && s.AccountSid == Resource.NoAccount)
            )
            .Select(c => c.Sid)
            .ToListAsync(cancellationToken);
        if (sids is [])
        {
            return false;
        }

        await db.InTransactionAsync(
            async () =>
            {
                await db.ReleaseAsync(sids, cancellationToken);
                return true;
            },
            cancellationToken
        );
        return true;
    }

    /// <summary>
    /// Releases what open conversations hold: their address pairs, their address sets, and their part in the
    /// conversation counts of their users.
    /// </summary>
    public static async Task ReleaseAsync(
        this ConversationsDbContext db,
        IReadOnlyList<string> conversations,
        CancellationToken cancellationToken
    )
    {
        await db.Set<Participant>()
            .Where(p => conversations.Contains(p.ConversationSid))
            .ExecuteUpdateAsync(
                p =>
                    p.SetProperty(r => r.ConversationClosed, valueExpression: true)
                        .SetProperty(r => r.ActiveBinding, (string?)null),
                cancellationToken
            );
        await db.Set<Conversation>()
            .Where(c => conversations.Contains(c.Sid) && c.GroupSet != null)
            .ExecuteUpdateAsync(
                c => c.SetProperty(r => r.GroupSet, (string?)null).SetProperty(r => r.GroupKey, (string?)null),
                cancellationToken
            );
        await db.Set<User>()
            .Where(u =>
                db.Set<Participant>()
                    .Where(p => conversations.Contains(p.ConversationSid) && p.UserSid != null)
                    .Select(p => p.UserSid)
                    .Contains(u.Sid)
            )
            .ExecuteUpdateAsync(
                u =>
                    u.SetProperty(
                        r => r.ConversationCount,
                        r =>
                            r.ConversationCount
                            - db.Set<Participant>()
                                .Count(p => p.UserSid == r.Sid && conversations.Contains(p.ConversationSid))
                    ),
                cancellationToken
            );
    }
}
