using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Webhooks;

/// <summary>The queues of deliveries. The first delivery of a queue is its lock.</summary>
public static class DeliveryQueues
{
    /// <summary>The deliveries that are not dead-lettered.</summary>
    public static IQueryable<WebhookDelivery> Waiting(this ConversationsDbContext db) =>
        db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered == null);

    /// <summary>Locks the first delivery of the queue.</summary>
    /// <param name="before">Only a delivery whose ID is smaller counts.</param>
    /// <returns>False when there is none.</returns>
    /// <remarks>
    /// The lock is an update that changes nothing. When the delivery's sender finishes it at the same time, the update
    /// finds no row although others wait. Then the next one is the first.
    /// </remarks>
    public static async Task<bool> TryLockFirstAsync(
        this ConversationsDbContext db,
        string queue,
        long before,
        CancellationToken cancellationToken
    )
    {
        var earlier = db.Waiting().Where(d => d.Queue == queue && d.Id < before);
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
}
