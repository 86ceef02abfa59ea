using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The outbox, which the senders of all processes share:
/// <list type="number">
/// <item>The first delivery of a queue has a date of its next attempt; those behind it have none. So the index by date
/// contains one row for each queue, however many deliveries wait behind a receiver that does not answer.</item>
/// <item>A write that adds a delivery to a queue locks the first one, if there is one: its sender can't finish it
/// without seeing the new one.</item>
/// <item>A sender finds the accounts that have due deliveries, and claims some of each account. It owns the queue then:
/// no other sender can claim a delivery behind the first one, and the transaction that removes the first one also
/// claims the next.</item>
/// <item>A claim is a date before which no other sender tries the delivery. So another process takes over the
/// deliveries of a process that died.</item>
/// </list>
/// <para>
/// The clocks of the processes may differ. So all dates that they compare come from the clock of the database:
/// DateTime.UtcNow in a query is its current time (on SQLite that of the machine). When that clock is set back, a
/// stored date may be further ahead than any pause. Such a delivery is due.
/// </para>
/// </summary>
public sealed class WebhookOutbox(ConversationsDbContext db, IOptions<WebhookOptions> options, TimeProvider clock)
{
    // 20 doublings lead from a millisecond beyond the maximum pause. Without a limit the pause would overflow.
    private const int MaxDoublings = 20;

    // The due deliveries of an account that are looked at, oldest first. Behind so many deliveries for a receiver
    // without a free slot, the account's other receivers wait too.
    private const int MaxDue = 1000;

    // A few, so that the next account follows soon.
    private const int MaxClaims = 16;

    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(10);

    // In seconds: twice the timeout of a call.
    private double ClaimSeconds => options.Value.TimeoutSeconds * 2;

    private double MaxSecondsAhead => Math.Max(MaxPause.TotalSeconds, ClaimSeconds);

    private IQueryable<WebhookDelivery> Waiting => db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered == null);

    // Two ranges of the index by date. An OR of both would read the dates between them too.
    private IQueryable<WebhookDelivery>[] Due
    {
        get
        {
            var maxAhead = MaxSecondsAhead;
            return
            [
                db.Set<WebhookDelivery>().Where(d => d.NextAttempt <= DateTime.UtcNow),
                db.Set<WebhookDelivery>().Where(d => d.NextAttempt > DateTime.UtcNow.AddSeconds(maxAhead)),
            ];
        }
    }

    /// <summary>Adds a delivery to its queue. The caller's transaction saves it (steps 1 and 2).</summary>
    public async Task AddAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var hasOthers =
            db.Set<WebhookDelivery>().Local.Any(d => d.Queue == delivery.Queue)
            || await TryLockFirstAsync(delivery.Queue, long.MaxValue, cancellationToken);
        delivery.NextAttempt = hasOthers ? null : WebhookDelivery.AtOnce;
        db.Add(delivery);
    }

    /// <summary>The accounts that have due deliveries, in random order (step 3).</summary>
    public async Task<IReadOnlyList<string>> DueAccountsAsync(CancellationToken cancellationToken)
    {
        // One look into the index for each account. SELECT DISTINCT would read all its rows.
        var waiting = db.Database.SqlQuery<string>(
            $"""
            WITH RECURSIVE accounts (sid) AS (
                SELECT min(account_sid) FROM webhook_deliveries WHERE next_attempt IS NOT NULL
                UNION ALL
                SELECT (
                    SELECT min(d.account_sid) FROM webhook_deliveries AS d
                    WHERE d.account_sid > accounts.sid AND d.next_attempt IS NOT NULL
                )
                FROM accounts WHERE accounts.sid IS NOT NULL
            )
            SELECT accounts.sid AS "Value" FROM accounts
            """
        );
        HashSet<string> accounts = [];
        foreach (var due in Due)
        {
            accounts.UnionWith(
                await waiting.Where(sid => due.Any(d => d.AccountSid == sid)).ToListAsync(cancellationToken)
            );
        }

        string[] shuffled = [.. accounts];
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Claims due deliveries of the account for which there are slots (step 3).</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(
        string accountSid,
        WebhookSlots slots,
        CancellationToken cancellationToken
    )
    {
        List<WebhookDelivery> claimed = [];
        foreach (var due in Due)
        {
            claimed.AddRange(await ClaimAsync(due.Where(d => d.AccountSid == accountSid), slots, cancellationToken));
        }

        return claimed;
    }

    private async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(
        IQueryable<WebhookDelivery> ofAccount,
        WebhookSlots slots,
        CancellationToken cancellationToken
    )
    {
        var due = await ofAccount
            .OrderBy(d => d.NextAttempt)
            .ThenBy(d => d.Id)
            .Take(MaxDue)
            .Select(d => new
            {
                d.Id,
                d.AccountSid,
                d.Url,
            })
            .ToListAsync(cancellationToken);
        long[] ids = [.. due.Where(d => slots.TryTake(d.AccountSid, d.Url)).Take(MaxClaims).Select(d => d.Id)];

        // After an exception the claimed ones are not sent, and their claims expire.
        IReadOnlyList<WebhookDelivery> claimed = [];
        try
        {
            claimed = await ClaimAsync(ofAccount.Where(d => ids.Contains(d.Id)), cancellationToken);
        }
        finally
        {
            foreach (var other in due.Where(d => ids.Contains(d.Id) && !claimed.Any(c => c.Id == d.Id)))
            {
                slots.Release(other.AccountSid, other.Url);
            }
        }

        return claimed;
    }

    // Another sender may have claimed some of them since.
    private async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(
        IQueryable<WebhookDelivery> rows,
        CancellationToken cancellationToken
    )
    {
        List<WebhookDelivery> claimed = [];
        foreach (var delivery in await rows.OrderBy(d => d.Id).ToListAsync(cancellationToken))
        {
            if (await TryClaimAsync(delivery, cancellationToken))
            {
                claimed.Add(delivery);
            }
        }

        return claimed;
    }

    /// <summary>Deletes a delivery that the receiver has, with its personal data.</summary>
    /// <returns>The queue's next delivery, which is now claimed; null when there is none or it is not due.</returns>
    public Task<WebhookDelivery?> FinishAsync(WebhookDelivery delivery, CancellationToken cancellationToken) =>
        EndAsync(
            delivery,
            () => db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id).ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Postpones a delivery that failed, and its queue with it. After the last attempt it is dead-lettered, and the
    /// queue continues with the next delivery.
    /// </summary>
    /// <returns>The same as <see cref="FinishAsync"/>.</returns>
    public async Task<WebhookDelivery?> FailAsync(
        WebhookDelivery delivery,
        string error,
        CancellationToken cancellationToken
    )
    {
        var own = db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id);
        if (delivery.Attempts >= options.Value.MaxAttempts)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            return await EndAsync(
                delivery,
                () =>
                    own.ExecuteUpdateAsync(
                        d =>
                            d.SetProperty(r => r.DateDeadLettered, now)
                                .SetProperty(r => r.NextAttempt, (DateTime?)null)
                                .SetProperty(r => r.LastError, error),
                        cancellationToken
                    ),
                cancellationToken
            );
        }

        var doublings = Math.Min(delivery.Attempts - 1, MaxDoublings);
        var pause = TimeSpan.FromSeconds(options.Value.FirstPauseSeconds) * Math.Pow(2, doublings);
        var seconds = Math.Min(pause.TotalSeconds, MaxPause.TotalSeconds);
        await db.InTransactionAsync(
            () =>
                own.ExecuteUpdateAsync(
                    d =>
                        d.SetProperty(r => r.NextAttempt, _ => DateTime.UtcNow.AddSeconds(seconds))
                            .SetProperty(r => r.LastError, error),
                    cancellationToken
                ),
            cancellationToken
        );
        return null;
    }

    /// <summary>The number of waiting deliveries, and the date of the oldest one.</summary>
    public async Task<(int Count, DateTime? Oldest)> WaitingAsync(CancellationToken cancellationToken) =>
        (
            await Waiting.CountAsync(cancellationToken),
            await Waiting.MinAsync(d => (DateTime?)d.DateCreated, cancellationToken)
        );

    private Task<WebhookDelivery?> EndAsync(
        WebhookDelivery delivery,
        Func<Task<int>> end,
        CancellationToken cancellationToken
    ) =>
        db.InTransactionAsync(
            async () =>
            {
                await end();
                var rest = Waiting.Where(d => d.Queue == delivery.Queue && d.Id > delivery.Id);
                var next = await rest.OrderBy(d => d.Id).FirstOrDefaultAsync(cancellationToken);
                return
                    next is not null
                    && (next.NextAttempt is null || await IsDueAsync(next, cancellationToken))
                    && await UpdateClaimAsync(next, cancellationToken)
                    ? next
                    : null;
            },
            cancellationToken
        );

    private async Task<bool> IsDueAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        foreach (var due in Due)
        {
            if (await due.AnyAsync(d => d.Id == delivery.Id, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    // A due delivery that is not the first of its queue (two writes began the queue at the same time, or an operator
    // resent it) waits behind the first one from now on.
    private Task<bool> TryClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async () =>
            {
                if (await TryLockFirstAsync(delivery.Queue, delivery.Id, cancellationToken))
                {
                    await Unchanged(delivery)
                        .ExecuteUpdateAsync(d => d.SetProperty(r => r.NextAttempt, (DateTime?)null), cancellationToken);
                    return false;
                }

                return await UpdateClaimAsync(delivery, cancellationToken);
            },
            cancellationToken
        );

    // An update that changes nothing locks the row. When its sender finishes it at the same time, the update finds no
    // row although others wait. Then the next one is the first.
    private async Task<bool> TryLockFirstAsync(string queue, long before, CancellationToken cancellationToken)
    {
        var earlier = Waiting.Where(d => d.Queue == queue && d.Id < before);
        while (await earlier.MinAsync(d => (long?)d.Id, cancellationToken) is { } first)
        {
            // In one statement with the query, the update would write the attempts that the query saw. A sender may
            // have counted another one since.
            var locked = await earlier
                .Where(d => d.Id == first)
                .ExecuteUpdateAsync(d => d.SetProperty(r => r.Attempts, r => r.Attempts), cancellationToken);
            if (locked > 0)
            {
                return true;
            }
        }

        return false;
    }

    private IQueryable<WebhookDelivery> Unchanged(WebhookDelivery delivery)
    {
        var seen = delivery.NextAttempt;
        return Waiting.Where(d => d.Id == delivery.Id && d.NextAttempt == seen);
    }

    private async Task<bool> UpdateClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var seconds = ClaimSeconds;
        var claimed =
            await Unchanged(delivery)
                .ExecuteUpdateAsync(
                    d =>
                        d.SetProperty(r => r.NextAttempt, _ => DateTime.UtcNow.AddSeconds(seconds))
                            .SetProperty(r => r.Attempts, r => r.Attempts + 1),
                    cancellationToken
                ) > 0;
        delivery.Attempts += claimed ? 1 : 0;
        return claimed;
    }
}
