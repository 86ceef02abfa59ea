using System.Linq.Expressions;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The timers of conversations. When one expires, an active conversation becomes inactive, or an open one closed:
/// <list type="number">
/// <item>The sweeper of every process (<see cref="TimerSweeper"/>) looks for expired timers: a look into an index for
/// each of the two dates.</item>
/// <item>A request settles the conversations that it has read before it answers or checks anything. Their rows tell, by
/// the clock of this process, whether a timer has expired, so that this costs nothing while none has.</item>
/// <item>To settle is one transaction. Its conditional UPDATE decides by the clock of the database (or of an account
/// that has its own), so of several servers and requests one changes the row. The state changes once for each missed
/// date, in their order, and each change has its date and its event.</item>
/// </list>
/// </summary>
public sealed class ConversationTimers(
    ConversationsDbContext db,
    PostActionWebhooks webhooks,
    WorkSignal<WebhookSender> signal,
    AccountClock clock
)
{
    /// <summary>The conversations of one look into the index.</summary>
    public const int BatchSize = 100;

    private readonly HashSet<string> readAgain = [];

    // A conversation with an earlier Timers.Closed never becomes inactive.
    private static readonly Expression<Func<Conversation, bool>> BecomesInactive = c =>
        c.State == ConversationState.Active
        && c.DateInactive <= DateTime.UtcNow
        && (c.DateClosed == null || c.DateClosed > c.DateInactive);

    private static readonly Expression<Func<Conversation, bool>> BecomesClosed = c =>
        (c.State == ConversationState.Active || c.State == ConversationState.Inactive)
        && c.DateClosed <= DateTime.UtcNow;

    /// <summary>Settles the conversations whose timers have expired (step 2).</summary>
    /// <param name="found">Rows as the request has read them.</param>
    /// <returns>
    /// Whether the caller must read again: one has changed, or another server may have changed it since it was read.
    /// </returns>
    public async Task<bool> SettleAsync(IEnumerable<Conversation> found, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var hasChanged = false;

        // A snapshot could not see the change. The request has settled the row before it.
        foreach (var conversation in db.IsInSnapshot ? [] : found.Where(c => c.IsDue(now)))
        {
            // The clock of the database may be behind. Then the row is the same after it is read again.
            hasChanged |= await SettleAsync(conversation.Sid, cancellationToken) | readAgain.Add(conversation.Sid);
        }

        return hasChanged;
    }

    /// <summary>Settles all conversations among the given ones whose timers have expired.</summary>
    /// <returns>Whether one has changed.</returns>
    public async Task<bool> SettleAsync(IQueryable<Conversation> all, CancellationToken cancellationToken)
    {
        var hasChanged = false;
        while (await DueAsync(all, cancellationToken) is { Count: > 0 } due)
        {
            foreach (var sid in due)
            {
                hasChanged |= await SettleAsync(sid, cancellationToken);
            }
        }

        return hasChanged;
    }

    /// <summary>
    /// Settles the conversations that hold what a request wants, such as a pair of addresses. Those of deleted chat
    /// services release it.
    /// </summary>
    /// <returns>Whether one has changed.</returns>
    public async Task<bool> SettleHoldersAsync(IQueryable<Conversation> holders, CancellationToken cancellationToken) =>
        await holders.AnyAsync(cancellationToken)
        && (await SettleAsync(holders, cancellationToken) | await db.ReleaseDeletedAsync(holders, cancellationToken));

    /// <summary>The SIDs of some of the given conversations whose timers have expired.</summary>
    public async Task<IReadOnlyList<string>> DueAsync(IQueryable<Conversation> all, CancellationToken cancellationToken)
    {
        // Two queries, each a range of one index. An OR of both would use none.
        var inactive = all.Where(BecomesInactive)
            .Live(db)
            .At(clock)
            .OrderBy(c => c.DateInactive)
            .Take(BatchSize)
            .Select(c => c.Sid);
        var closed = all.Where(BecomesClosed)
            .Live(db)
            .At(clock)
            .OrderBy(c => c.DateClosed)
            .Take(BatchSize)
            .Select(c => c.Sid);
        return [.. (await inactive.ToListAsync(cancellationToken)).Union(await closed.ToListAsync(cancellationToken))];
    }

    /// <summary>Settles one conversation (step 3).</summary>
    /// <returns>Whether its state has changed.</returns>
    public async Task<bool> SettleAsync(string sid, CancellationToken cancellationToken)
    {
        var (hasChanged, hasEvents) = await db.InTransactionAsync(
            async () =>
            {
                WebhookEvent?[] steps =
                [
                    await InactivateAsync(sid, cancellationToken),
                    await CloseAsync(sid, cancellationToken),
                ];
                WebhookEvent[] events = [.. steps.OfType<WebhookEvent>()];
                return (events is not [], await webhooks.AddAsync(events, cancellationToken));
            },
            cancellationToken
        );

        // The rows of this transaction are no longer those of the request, which continues with new ones.
        db.ChangeTracker.Clear();
        if (hasEvents)
        {
            signal.Signal();
        }

        return hasChanged;
    }

    private async Task<WebhookEvent?> InactivateAsync(string sid, CancellationToken cancellationToken)
    {
        var changed = await db.Set<Conversation>()
            .Where(BecomesInactive)
            .Where(c => c.Sid == sid)
            .Live(db)
            .At(clock)
            .ExecuteUpdateAsync(
                c =>
                    c.SetProperty(r => r.State, ConversationState.Inactive)
                        .SetProperty(r => r.DateUpdated, r => r.DateInactive!.Value),
                cancellationToken
            );
        if (changed == 0)
        {
            return null;
        }

        var conversation = await db.Set<Conversation>().SingleAsync(c => c.Sid == sid, cancellationToken);
        return ConversationEvents.Expired(conversation, ConversationState.Active, conversation.DateInactive!.Value);
    }

    private async Task<WebhookEvent?> CloseAsync(string sid, CancellationToken cancellationToken)
    {
        // This update also locks the row, which is read and closed next.
        var locked = await db.Set<Conversation>()
            .Where(BecomesClosed)
            .Where(c => c.Sid == sid)
            .Live(db)
            .At(clock)
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.DateUpdated, r => r.DateClosed!.Value), cancellationToken);
        if (locked == 0)
        {
            return null;
        }

        var conversation = await db.Set<Conversation>().AsTracking().SingleAsync(c => c.Sid == sid, cancellationToken);
        var (before, date) = (conversation.State, conversation.DateClosed!.Value);
        await db.CloseAsync(conversation, cancellationToken);
        return ConversationEvents.Expired(conversation, before, date);
    }
}
