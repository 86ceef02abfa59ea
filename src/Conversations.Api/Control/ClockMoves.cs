using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// Moves the clock of an account:
/// <list type="number">
/// <item>A move is one transaction or, with many due rows, a few. Each locks the clock's row and the conversations with
/// expired timers.</item>
/// <item>It fires what becomes due, in the order of the dates, as if the clock had gone through each of them: what
/// follows from a step (the next status of a delivery) gets its own place in the order.</item>
/// <item>It stores the clock at the last date that it has fired, and at the end where it was to be moved. So a server
/// that dies has moved the clock a part of the way, and nothing is skipped.</item>
/// </list>
/// </summary>
internal sealed class ClockMoves(
    ConversationsDbContext db,
    AccountClock clock,
    AccountClocks clocks,
    DueRows dueRows,
    DueTimers timers,
    DeliverySteps steps,
    WorkSignal<WebhookSender> signal,
    TimeProvider time
)
{
    // What one transaction fires. Requests of the account wait for it, and on SQLite all writers.
    private const int MaxFired = 5000;

    // The clock runs while a request is on its way, and dates are cut to milliseconds.
    private static readonly TimeSpan SmallestMoveBack = TimeSpan.FromSeconds(1);

    private DateTime Real => time.GetUtcNow().UtcDateTime;

    /// <summary>The account's clock as it is stored; null for real time.</summary>
    public async Task<MovedClock?> ReadAsync(string accountSid, CancellationToken cancellationToken) =>
        (await Row(accountSid).SingleOrDefaultAsync(cancellationToken))?.Clock;

    /// <summary>Moves the clock forward, and fires what becomes due; or back.</summary>
    /// <param name="target">Where to, from the account's time.</param>
    /// <param name="end">The clock at a date on the way or at the end; null for real time.</param>
    /// <param name="progressed">Runs after each transaction.</param>
    public async Task<FiredResource> MoveAsync(
        string accountSid,
        Func<DateTime, DateTime> target,
        Func<MovedClock, DateTime, MovedClock?> end,
        Action progressed,
        CancellationToken cancellationToken
    )
    {
        FiredResource fired = new(0, 0, 0);
        for (DateTime? to = null; ; )
        {
            var part = await db.InTransactionAsync(
                async () =>
                {
                    var current = await LockAsync(accountSid, cancellationToken);
                    var goal = to ?? target(current.At(new(Real)).UtcDateTime);
                    return await MovePartAsync(accountSid, current, goal, end, cancellationToken);
                },
                cancellationToken
            );
            to = part.Goal;
            fired = new(
                fired.Timer + part.Fired.Timer,
                fired.Delivery + part.Fired.Delivery,
                fired.Webhook + part.Fired.Webhook
            );
            clocks.Set(accountSid, part.Clock);
            clock.Set(part.Clock);
            progressed();
            if (part.IsLast)
            {
                signal.Signal();
                return fired;
            }
        }
    }

    /// <summary>A clock that runs on from a date.</summary>
    public MovedClock RunningFrom(DateTime date) => new(null, date - Real);

    /// <summary>
    /// The clock at a later date: it stands there, or runs on from there. A clock that runs does not go back while it
    /// is moved.
    /// </summary>
    public MovedClock Advanced(MovedClock current, DateTime date) =>
        current.Frozen is not null ? MovedClock.At(date)
        : RunningFrom(date) is var moved && moved.Offset > current.Offset ? moved
        : current;

    private IQueryable<StoredClock> Row(string accountSid) =>
        db.Set<StoredClock>().Where(c => c.AccountSid == accountSid);

    // The update of the row that changes nothing locks it. Of two requests that insert the row, one begins again.
    private async Task<MovedClock> LockAsync(string accountSid, CancellationToken cancellationToken)
    {
        var locked = await Row(accountSid)
            .ExecuteUpdateAsync(c => c.SetProperty(r => r.OffsetTicks, r => r.OffsetTicks), cancellationToken);
        if (locked == 0)
        {
            db.Add(new StoredClock { AccountSid = accountSid });
            await db.SaveChangesAsync(cancellationToken);
        }

        return (await Row(accountSid).SingleAsync(cancellationToken)).Clock;
    }

    private async Task<Part> MovePartAsync(
        string accountSid,
        MovedClock current,
        DateTime goal,
        Func<MovedClock, DateTime, MovedClock?> end,
        CancellationToken cancellationToken
    )
    {
        FiredResource fired = new(0, 0, 0);
        var reached = goal;
        if (current.At(new(Real)).UtcDateTime - goal > SmallestMoveBack)
        {
            await SetBackAsync(accountSid, goal, cancellationToken);
        }
        else
        {
            (fired, reached) = await FireAsync(accountSid, goal, cancellationToken);
        }

        var isLast = reached == goal;
        var moved = isLast ? end(current, goal) : Advanced(current, reached);
        await (
            moved is null
                ? Row(accountSid).ExecuteDeleteAsync(cancellationToken)
                : Row(accountSid)
                    .ExecuteUpdateAsync(
                        c =>
                            c.SetProperty(r => r.DateFrozen, moved.Frozen)
                                .SetProperty(r => r.OffsetTicks, moved.Offset.Ticks),
                        cancellationToken
                    )
        );
        return new(goal, fired, moved, isLast);
    }

    // What waits for the network would wait too long: it is due at once. Timers keep their dates.
    private async Task SetBackAsync(string accountSid, DateTime goal, CancellationToken cancellationToken)
    {
        await db.Set<Receipt>()
            .Where(r => r.AccountSid == accountSid && r.NextStep > goal)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.NextStep, goal), cancellationToken);
        await dueRows
            .Paused(accountSid)
            .Where(d => d.NextAttempt > goal)
            .ExecuteUpdateAsync(d => d.SetProperty(r => r.NextAttempt, WebhookDelivery.AtOnce), cancellationToken);
    }

    // Step 2. Returns how far it has come.
    private async Task<(FiredResource Fired, DateTime Reached)> FireAsync(
        string accountSid,
        DateTime goal,
        CancellationToken cancellationToken
    )
    {
        var sql =
            "SELECT sid FROM conversations WHERE account_sid = {0} AND (date_inactive <= {1} OR date_closed <= {1}) "
            + $"ORDER BY sid{db.LockForUpdate}";
        await db.Database.ExecuteSqlRawAsync(sql, [accountSid, goal], cancellationToken);
        var due = await dueRows.SoonestAsync(accountSid, goal, MaxFired, cancellationToken);
        var reached = due.Count < MaxFired ? goal : due[^1].Date;
        PriorityQueue<DueRow, (DateTime, int)> queue = new(due.Select((row, n) => (row, (row.Date, n))));
        List<DueTimer> expired = [];
        var (timerCount, deliveryCount) = (0, 0);
        while (queue.TryDequeue(out var row, out _))
        {
            if (row.Kind == DueKind.Timer)
            {
                expired.Add(new(row.Date, row.Sid, row.Closes));
                timerCount++;
            }
            else if (row.Kind == DueKind.Delivery)
            {
                await ExpireAsync(expired, cancellationToken);
                deliveryCount += await StepAsync(row, reached, queue, cancellationToken);
            }
        }

        await ExpireAsync(expired, cancellationToken);
        var webhookCount = await dueRows
            .Paused(accountSid)
            .Where(d => d.NextAttempt <= reached && d.NextAttempt > WebhookDelivery.AtOnce)
            .ExecuteUpdateAsync(d => d.SetProperty(r => r.NextAttempt, WebhookDelivery.AtOnce), cancellationToken);
        return (new(timerCount, deliveryCount, webhookCount), reached);
    }

    private async Task ExpireAsync(List<DueTimer> expired, CancellationToken cancellationToken)
    {
        if (expired is not [])
        {
            await timers.ExpireAsync(expired, cancellationToken);
            await SaveAsync(cancellationToken);
            expired.Clear();
        }
    }

    private async Task<int> StepAsync(
        DueRow row,
        DateTime reached,
        PriorityQueue<DueRow, (DateTime, int)> queue,
        CancellationToken cancellationToken
    )
    {
        clock.Set(MovedClock.At(row.Date));
        var count = await steps.StepDueAsync(row.MessageSid!, cancellationToken);
        await SaveAsync(cancellationToken);
        var next = await db.Set<Receipt>()
            .Where(r => r.MessageSid == row.MessageSid && r.NextStep >= row.Date && r.NextStep <= reached)
            .MinAsync(r => r.NextStep, cancellationToken);
        if (count > 0 && next is { } date)
        {
            queue.Enqueue(row with { Date = date }, (date, 0));
        }

        return count;
    }

    // The rows are written, and their number does not slow down the next ones.
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    private sealed record Part(DateTime Goal, FiredResource Fired, MovedClock? Clock, bool IsLast);
}
