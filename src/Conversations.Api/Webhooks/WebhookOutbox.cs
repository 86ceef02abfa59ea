using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The outbox, which the senders of all processes share. A sender that claims the first delivery of a queue owns the
/// queue: no other sender can claim the next delivery while the first one exists, and the transaction that removes the
/// first one also claims the next. A claim is a date before which no other sender tries the delivery. So another
/// process takes over the deliveries of a process that died.
/// </summary>
public sealed class WebhookOutbox(ConversationsDbContext db, IOptions<WebhookOptions> options, TimeProvider clock)
{
    // 20 doublings lead from a millisecond beyond the maximum pause. Without a limit the pause would overflow.
    private const int MaxDoublings = 20;

    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(10);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    // Twice the timeout of a call.
    private DateTime ClaimedUntil => Now + TimeSpan.FromSeconds(options.Value.TimeoutSeconds * 2);

    private IQueryable<WebhookDelivery> Waiting => db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered == null);

    /// <summary>Claims the due first deliveries of up to <paramref name="maxCount"/> queues.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(int maxCount, CancellationToken cancellationToken)
    {
        var now = Now;

        // One pass over the table, even when many deliveries wait for a receiver that does not answer.
        var first = Waiting.GroupBy(d => d.Queue).Select(queue => queue.Min(d => d.Id));
        var due = await Waiting
            .Where(d => first.Contains(d.Id) && d.NextAttempt <= now)
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
            var now = Now;
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
        var next = Now + (pause < MaxPause ? pause : MaxPause);
        await db.InTransactionAsync(
            () =>
                own.ExecuteUpdateAsync(
                    d => d.SetProperty(r => r.NextAttempt, next).SetProperty(r => r.LastError, error),
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
    public Task<int> ResendAsync(long? id, CancellationToken cancellationToken)
    {
        var now = Now;
        return db.InTransactionAsync(
            () =>
                DeadLettered(id)
                    .ExecuteUpdateAsync(
                        d =>
                            d.SetProperty(r => r.DateDeadLettered, (DateTime?)null)
                                .SetProperty(r => r.NextAttempt, now)
                                .SetProperty(r => r.Attempts, 0),
                        cancellationToken
                    ),
            cancellationToken
        );
    }

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
                var now = Now;
                var next = await Waiting
                    .Where(d => d.Queue == delivery.Queue && d.Id > delivery.Id)
                    .OrderBy(d => d.Id)
                    .FirstOrDefaultAsync(cancellationToken);
                return next is not null && next.NextAttempt <= now && await UpdateClaimAsync(next, cancellationToken)
                    ? next
                    : null;
            },
            cancellationToken
        );

    private Task<bool> TryClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => UpdateClaimAsync(delivery, cancellationToken), cancellationToken);

    private async Task<bool> UpdateClaimAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var (seen, until) = (delivery.NextAttempt, ClaimedUntil);
        var claimed =
            await Waiting
                .Where(d => d.Id == delivery.Id && d.NextAttempt == seen)
                .ExecuteUpdateAsync(
                    d => d.SetProperty(r => r.NextAttempt, until).SetProperty(r => r.Attempts, r => r.Attempts + 1),
                    cancellationToken
                ) > 0;
        delivery.Attempts += claimed ? 1 : 0;
        return claimed;
    }
}
