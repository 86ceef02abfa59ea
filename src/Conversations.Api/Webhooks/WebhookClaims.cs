using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The claims of the senders of all processes. A sender finds the accounts that have due deliveries, and claims some of
/// each account. A claim is a date before which no other sender tries the delivery. So another process takes over the
/// deliveries of a process that died.
/// </summary>
/// <remarks>
/// The clocks of the processes may differ. So all dates that they compare come from the clock of the database:
/// DateTime.UtcNow in a query is its current time (on SQLite that of the machine). When that clock is set back, a
/// stored date may be further ahead than any pause. Such a delivery is due. Only the pauses of an account with a moved
/// clock are dates of that clock; its claims are not.
/// </remarks>
public sealed class WebhookClaims(
    ConversationsDbContext db,
    IOptions<WebhookOptions> options,
    AccountClocks clocks,
    AccountClock clock
)
{
    // The due deliveries of an account that are looked at, oldest first. Behind so many deliveries for a receiver
    // without a free slot, the account's other receivers wait too.
    private const int MaxDue = 1000;

    // A few, so that the next account follows soon.
    private const int MaxClaims = 16;

    // In seconds: twice the timeout of a call.
    private double ClaimSeconds => options.Value.TimeoutSeconds * 2;

    private double MaxSecondsAhead => Math.Max(WebhookOutbox.MaxPause.TotalSeconds, ClaimSeconds);

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

    // Those of the account of the scope.
    private IEnumerable<IQueryable<WebhookDelivery>> DueNow =>
        clock.IsMoved
            ?
            [
                .. Due.Select(due => due.Where(d => d.LastError == null)),
                db.Set<WebhookDelivery>().Where(d => d.LastError != null && d.NextAttempt <= DateTime.UtcNow).At(clock),
            ]
            : Due;

    /// <summary>The accounts that have due deliveries, in random order.</summary>
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
        var moved = clocks.Moved;
        foreach (var due in Due)
        {
            var own = moved is null ? due : due.Where(d => d.LastError == null || !moved.Contains(d.AccountSid));
            accounts.UnionWith(
                await waiting.Where(sid => own.Any(d => d.AccountSid == sid)).ToListAsync(cancellationToken)
            );
        }

        accounts.UnionWith(clocks.InUse); // Their pauses may be over by their own time.
        string[] shuffled = [.. accounts];
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Claims due deliveries of the account for which there are slots.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(
        string accountSid,
        WebhookSlots slots,
        CancellationToken cancellationToken
    )
    {
        List<WebhookDelivery> claimed = [];
        clock.Set(accountSid);
        foreach (var due in DueNow)
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

    /// <summary>
    /// Claims the delivery that became the first of its queue, in the transaction that ended the one before it.
    /// </summary>
    /// <returns>False when it is not due, or another sender has claimed it.</returns>
    public async Task<bool> TryClaimNextAsync(WebhookDelivery next, CancellationToken cancellationToken) =>
        (next.NextAttempt is null || await IsDueAsync(next, cancellationToken))
        && await UpdateClaimAsync(next, cancellationToken);

    private async Task<bool> IsDueAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        foreach (var due in DueNow)
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
                if (await db.TryLockFirstAsync(delivery.Queue, delivery.Id, cancellationToken))
                {
                    await Unchanged(delivery)
                        .ExecuteUpdateAsync(d => d.SetProperty(r => r.NextAttempt, (DateTime?)null), cancellationToken);
                    return false;
                }

                return await UpdateClaimAsync(delivery, cancellationToken);
            },
            cancellationToken
        );

    private IQueryable<WebhookDelivery> Unchanged(WebhookDelivery delivery)
    {
        var seen = delivery.NextAttempt;
        return db.Waiting().Where(d => d.Id == delivery.Id && d.NextAttempt == seen);
    }

    private async Task<bool> UpdateClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var seconds = ClaimSeconds;
        var claimed =
            await Unchanged(delivery)
                .ExecuteUpdateAsync(
                    d =>
                        d.SetProperty(r => r.NextAttempt, _ => DateTime.UtcNow.AddSeconds(seconds))
                            .SetProperty(r => r.Attempts, r => r.Attempts + 1)
                            .SetProperty(r => r.LastError, (string?)null),
                    cancellationToken
                ) > 0;
        delivery.Attempts += claimed ? 1 : 0;
        return claimed;
    }
}
