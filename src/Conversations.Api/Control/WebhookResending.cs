using System.Text.Json;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>Sends events again, and waits until nothing more can be sent now.</summary>
internal sealed class WebhookResending(
    ConversationsDbContext db,
    WebhookOutbox outbox,
    WorkSignal<WebhookSender> signal,
    AccountClock clock
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends the failed events at once, in the order of their queues.</summary>
    /// <param name="since">Only events of changes since then; null for all.</param>
    /// <returns>Their number.</returns>
    public async Task<int> ResendFailedAsync(string accountSid, DateTime? since, CancellationToken cancellationToken)
    {
        var failed = Of(accountSid).Where(d => d.LastError != null && (since == null || d.DateCreated >= since));
        var count = await db.InTransactionAsync(() => RestartAsync(failed, cancellationToken), cancellationToken);
        signal.Signal();
        return count;
    }

    /// <summary>Sends one event again, also if the receiver has it.</summary>
    /// <param name="known">The event in the journal; null when it is not there.</param>
    /// <returns>Whether there is such an event.</returns>
    public async Task<bool> ResendAsync(
        string accountSid,
        Guid id,
        DeliveryEntry? known,
        CancellationToken cancellationToken
    )
    {
        var found = await db.InTransactionAsync(
            async () =>
            {
                var own = Of(accountSid).Where(d => d.EventId == id);
                await RestartAsync(own.Where(d => d.LastError != null), cancellationToken);
                if (await own.AnyAsync(cancellationToken))
                {
                    return true;
                }

                if (known is not null)
                {
                    await outbox.AddAsync(Again(accountSid, known), cancellationToken);
                }

                return known is not null;
            },
            cancellationToken
        );
        signal.Signal();
        return found;
    }

    /// <summary>Tries all that waits now, and returns when no event is due or on its way.</summary>
    public async Task<SettledResource> SettleAsync(string accountSid, CancellationToken cancellationToken)
    {
        var waiting = Of(accountSid).Where(d => d.NextAttempt != null);
        await db.InTransactionAsync(
            () =>
                waiting
                    .Where(d => d.LastError != null)
                    .ExecuteUpdateAsync(
                        d => d.SetProperty(r => r.NextAttempt, WebhookDelivery.AtOnce),
                        cancellationToken
                    ),
            cancellationToken
        );
        var tried = waiting.Where(d => d.LastError == null || d.NextAttempt <= DateTime.UtcNow).At(clock);
        while (await tried.AnyAsync(cancellationToken))
        {
            signal.Signal();
            await Task.Delay(Pause, cancellationToken);
        }

        return new(
            await Of(accountSid).CountAsync(d => d.DateDeadLettered == null, cancellationToken),
            await Of(accountSid).CountAsync(d => d.DateDeadLettered != null, cancellationToken)
        );
    }

    private IQueryable<WebhookDelivery> Of(string accountSid) =>
        db.Set<WebhookDelivery>().Where(d => d.AccountSid == accountSid);

    private static Task<int> RestartAsync(IQueryable<WebhookDelivery> rows, CancellationToken cancellationToken) =>
        rows.ExecuteUpdateAsync(
            d =>
                d.SetProperty(r => r.DateDeadLettered, (DateTime?)null)
                    .SetProperty(r => r.NextAttempt, WebhookDelivery.AtOnce)
                    .SetProperty(r => r.Attempts, 0),
            cancellationToken
        );

    private WebhookDelivery Again(string accountSid, DeliveryEntry known) =>
        new()
        {
            AccountSid = accountSid,
            Queue = $"{known["ConversationSid"] ?? known["UserSid"] ?? accountSid} {Digest.Of(known.Last.Url)}",
            EventType = known["EventType"]!,
            Url = known.Last.Url,
            Method = known.Last.Method,
            Body = JsonSerializer.Serialize(known.Last.Form.Where(pair => pair.Key != "RetryCount")),
            DateCreated = clock.Now,
            EventId = known.Id,
        };
}
