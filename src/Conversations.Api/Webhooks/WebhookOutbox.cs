using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The outbox, which the senders of all processes share:
/// <list type="number">
/// <item>The first delivery of a queue has a date of its next attempt; those behind it have none. So the index by date
/// contains one row for each queue, however many deliveries wait behind a receiver that does not answer.</item>
/// <item>A write that adds a delivery to a queue locks the first one, if there is one: its sender can't finish it
/// without seeing the new one.</item>
/// <item>A sender claims due deliveries (<see cref="WebhookClaims"/>). It owns the queue then: no other sender can
/// claim a delivery behind the first one, and the transaction that removes the first one also claims the next.</item>
/// </list>
/// </summary>
public sealed class WebhookOutbox(
    ConversationsDbContext db,
    WebhookClaims claims,
    IOptions<WebhookOptions> options,
    AccountClock clock
)
{
    // 20 doublings lead from a millisecond beyond the maximum pause. Without a limit the pause would overflow.
    private const int MaxDoublings = 20;

    // The events of one request.
    private const int FewQueues = 16;

    /// <summary>The longest pause before another attempt.</summary>
    public static TimeSpan MaxPause { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Adds a delivery to its queue. The caller's transaction saves it (steps 1 and 2).</summary>
    public Task AddAsync(WebhookDelivery delivery, CancellationToken cancellationToken) =>
        AddAsync([delivery], cancellationToken);

    /// <summary>Does the same with several deliveries, in their order.</summary>
    public async Task AddAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        var queues = deliveries.ToLookup(delivery => delivery.Queue);
        var begun = await BegunAsync([.. queues.Select(queue => queue.Key)], cancellationToken);
        foreach (var queue in queues)
        {
            var hasOthers =
                db.Set<WebhookDelivery>().Local.Any(d => d.Queue == queue.Key)
                || (
                    begun.Contains(queue.Key) && await db.TryLockFirstAsync(queue.Key, long.MaxValue, cancellationToken)
                );
            queue.First().NextAttempt = hasOthers ? null : WebhookDelivery.AtOnce;
        }

        db.AddRange(deliveries);
    }

    // The queues that may have waiting deliveries. Of many queues most are empty, and one query tells which.
    private async Task<IReadOnlyCollection<string>> BegunAsync(string[] queues, CancellationToken cancellationToken) =>
        queues.Length <= FewQueues
            ? queues
            : await db.Waiting()
                .Where(d => queues.Contains(d.Queue))
                .Select(d => d.Queue)
                .ToHashSetAsync(cancellationToken);

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
            var now = clock.Now;
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
                own.ExecuteUpdateAsync(d => Pause(d, seconds).SetProperty(r => r.LastError, error), cancellationToken),
            cancellationToken
        );
        return null;
    }

    // By the database's time, unless the account has its own.
    private UpdateSettersBuilder<WebhookDelivery> Pause(UpdateSettersBuilder<WebhookDelivery> row, double seconds)
    {
        DateTime? next = clock.Now.AddSeconds(seconds);
        return clock.IsMoved
            ? row.SetProperty(r => r.NextAttempt, next)
            : row.SetProperty(r => r.NextAttempt, _ => DateTime.UtcNow.AddSeconds(seconds));
    }

    /// <summary>The number of waiting deliveries, and the date of the oldest one.</summary>
    public async Task<(int Count, DateTime? Oldest)> WaitingAsync(CancellationToken cancellationToken) =>
        (
            await db.Waiting().CountAsync(cancellationToken),
            await db.Waiting().MinAsync(d => (DateTime?)d.DateCreated, cancellationToken)
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
                var rest = db.Waiting().Where(d => d.Queue == delivery.Queue && d.Id > delivery.Id);
                var next = await rest.OrderBy(d => d.Id).FirstOrDefaultAsync(cancellationToken);
                return next is not null && await claims.TryClaimNextAsync(next, cancellationToken) ? next : null;
            },
            cancellationToken
        );
}
