using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The outbox as the senders of all processes share it. A sender that claims a queue's first delivery owns the queue: no other can take the next one
/// until that first one is gone, and it goes in the same transaction that claims the next. A claim is a date until which
/// no other sender tries, so that another process takes over the deliveries of one that died.
/// </summary>
public sealed class WebhookOutbox(ConversationsDbContext db, IOptions<WebhookOptions> options, TimeProvider clock)
{
    // More than lead from a millisecond to the longest pause. Without a limit the pause would overflow.
    private const int MostDoublings = 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    // Twice what a call may take.
    private DateTime ClaimedUntil => Now + TimeSpan.FromSeconds(options.Value.TimeoutSeconds * 2);

    private IQueryable<WebhookDelivery> Waiting => db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered == null);

    /// <summary>Claims the first deliveries of up to <paramref name="most"/> queues that are due.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ClaimAsync(int most, CancellationToken cancellationToken)
    {
        var now = Now;
        var first = Waiting.GroupBy(d => d.Queue).Select(queue => queue.Min(d => d.Id)); // One pass, however many wait behind a dead receiver.
        var due = await Waiting
            .Where(d => first.Contains(d.Id) && d.NextAttempt <= now)
            .OrderBy(d => d.Id)
            .Take(most)
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

    /// <summary>The receiver has it: the delivery is deleted with its personal data.</summary>
    /// <returns>The queue's next delivery, claimed; null when there is none or it is not due.</returns>
    public Task<WebhookDelivery?> FinishAsync(WebhookDelivery delivery, CancellationToken cancellationToken) =>
        EndAsync(
            delivery,
            () => db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id).ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );

    /// <summary>The delivery failed. It is tried again later while the queue waits; or it is dead-lettered, and the queue goes on.</summary>
    /// <returns>As <see cref="FinishAsync"/>.</returns>
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

        var doublings = Math.Min(delivery.Attempts - 1, MostDoublings);
        var pause = TimeSpan.FromSeconds(options.Value.FirstPauseSeconds) * Math.Pow(2, doublings);
        var next = Now + (pause < LongestPause ? pause : LongestPause);
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

    /// <summary>How many wait, and since when the oldest does.</summary>
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
    /// <returns>How many.</returns>
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
    /// <returns>How many.</returns>
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
