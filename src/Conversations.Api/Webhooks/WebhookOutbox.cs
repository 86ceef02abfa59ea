using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The outbox, which the senders of all processes share. A sender that claims the first delivery of a queue owns the
/// queue: no other sender can claim the next delivery while the first one exists, and the transaction that removes the
/// first one also claims the next. A claim is a date before which no other sender tries the delivery. So another
/// process takes over the deliveries of a process that died.
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

    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(10);

    // In seconds: twice the timeout of a call.
    private double ClaimSeconds => options.Value.TimeoutSeconds * 2;

    private double MaxSecondsAhead => Math.Max(MaxPause.TotalSeconds, ClaimSeconds);

    private IQueryable<WebhookDelivery> Waiting => db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered == null);

    private IQueryable<WebhookDelivery> Due
    {
        get
        {
            var maxAhead = MaxSecondsAhead;
            return Waiting.Where(d =>
                d.NextAttempt <= DateTime.UtcNow || d.NextAttempt > DateTime.UtcNow.AddSeconds(maxAhead)
            );
        }
    }

    /// <summary>Claims the due first deliveries of up to <paramref name="maxCount"/> queues.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(int maxCount, CancellationToken cancellationToken)
    {
        // One pass over the table, even when many deliveries wait for a receiver that does not answer.
        var first = Waiting.GroupBy(d => d.Queue).Select(queue => queue.Min(d => d.Id));
        var due = await Due.Where(d => first.Contains(d.Id))
            .OrderBy(d => d.Id)
            .Take(maxCount)
            .ToListAsync(cancellationToken);
        var claimed = new List<WebhookDelivery>(due.Count);
        foreach (var delivery in due)
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
                        d => d.SetProperty(r => r.DateDeadLettered, now).SetProperty(r => r.LastError, error),
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

    /// <summary>The dead-lettered deliveries, oldest first.</summary>
    public Task<List<WebhookDelivery>> DeadLetteredAsync(CancellationToken cancellationToken) =>
        db.Set<WebhookDelivery>()
            .Where(d => d.DateDeadLettered != null)
            .OrderBy(d => d.Id)
            .ToListAsync(cancellationToken);

    /// <summary>Puts dead-lettered deliveries back in their queues.</summary>
    /// <param name="id">One delivery; null for all.</param>
    /// <returns>The number of deliveries.</returns>
    public Task<int> ResendAsync(long? id, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            () =>
                DeadLettered(id)
                    .ExecuteUpdateAsync(
                        d =>
                            d.SetProperty(r => r.DateDeadLettered, (DateTime?)null)
                                .SetProperty(r => r.NextAttempt, WebhookDelivery.AtOnce)
                                .SetProperty(r => r.Attempts, 0),
                        cancellationToken
                    ),
            cancellationToken
        );

    /// <summary>Deletes dead-lettered deliveries with their personal data.</summary>
    /// <param name="id">One delivery; null for all.</param>
    /// <returns>The number of deliveries.</returns>
    public Task<int> DiscardAsync(long? id, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => DeadLettered(id).ExecuteDeleteAsync(cancellationToken), cancellationToken);

    private IQueryable<WebhookDelivery> DeadLettered(long? id) =>
        db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered != null && (id == null || d.Id == id));

    private Task<WebhookDelivery?> EndAsync(
        WebhookDelivery delivery,
        Func<Task<int>> end,
        CancellationToken cancellationToken
    ) =>
        db.InTransactionAsync(
            async () =>
            {
                await end();
                var next = await NextAsync(delivery, cancellationToken);
                return next is not null && await UpdateClaimAsync(next, cancellationToken) ? next : null;
            },
            cancellationToken
        );

    private Task<WebhookDelivery?> NextAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var rest = Waiting.Where(d => d.Queue == delivery.Queue && d.Id > delivery.Id);
        return Due.Where(d => d.Id == rest.Min(r => (long?)r.Id)).FirstOrDefaultAsync(cancellationToken);
    }

    private Task<bool> TryClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => UpdateClaimAsync(delivery, cancellationToken), cancellationToken);

    private async Task<bool> UpdateClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var (seen, seconds) = (delivery.NextAttempt, ClaimSeconds);
        var claimed =
            await Waiting
                .Where(d => d.Id == delivery.Id && d.NextAttempt == seen)
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
