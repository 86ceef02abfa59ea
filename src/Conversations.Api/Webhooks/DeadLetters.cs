using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The deliveries that failed at the last attempt. They stay in the outbox until an operator resends or discards them.
/// </summary>
public sealed class DeadLetters(ConversationsDbContext db)
{
    /// <summary>The deliveries, oldest first.</summary>
    public Task<List<WebhookDelivery>> ListAsync(CancellationToken cancellationToken) =>
        Named(id: null).OrderBy(d => d.Id).ToListAsync(cancellationToken);

    /// <summary>Puts deliveries back in their queues.</summary>
    /// <param name="id">One delivery; null for all.</param>
    /// <returns>The number of deliveries.</returns>
    public Task<int> ResendAsync(long? id, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            () =>
                Named(id)
                    .ExecuteUpdateAsync(
                        d =>
                            d.SetProperty(r => r.DateDeadLettered, (DateTime?)null)
                                .SetProperty(r => r.NextAttempt, WebhookDelivery.AtOnce)
                                .SetProperty(r => r.Attempts, 0),
                        cancellationToken
                    ),
            cancellationToken
        );

    /// <summary>Deletes deliveries with their personal data.</summary>
    /// <param name="id">One delivery; null for all.</param>
    /// <returns>The number of deliveries.</returns>
    public Task<int> DiscardAsync(long? id, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => Named(id).ExecuteDeleteAsync(cancellationToken), cancellationToken);

    private IQueryable<WebhookDelivery> Named(long? id) =>
        db.Set<WebhookDelivery>().Where(d => d.DateDeadLettered != null && (id == null || d.Id == id));
}
