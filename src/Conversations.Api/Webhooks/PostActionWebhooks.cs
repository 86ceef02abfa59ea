using System.Text.Json;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Adds events to the outbox for each post-action webhook that wants them. It needs no request, so timers and
/// deliveries use it too.
/// </summary>
public sealed class PostActionWebhooks(ConversationsDbContext db, WebhookOutbox outbox, AccountClock clock)
{
    private SettingsRead? read;

    /// <summary>
    /// Adds the events of a change. The caller's transaction saves the rows together with the change. The webhooks
    /// are read once, so all events of a conversation go to the same ones.
    /// </summary>
    /// <returns>Whether a webhook gets an event. Then the caller signals the sender after the commit.</returns>
    public async Task<bool> AddAsync(IReadOnlyCollection<WebhookEvent> events, CancellationToken cancellationToken)
    {
        List<WebhookDelivery> deliveries = [];
        var own = await OwnAsync(events, cancellationToken);
        foreach (var webhookEvent in events)
        {
            if (
                await SettingsAsync(webhookEvent, cancellationToken) is { PostWebhookUrl: { } url } settings
                && settings.Filters.Contains(webhookEvent.Type)
            )
            {
                deliveries.Add(DeliveryOf(webhookEvent, url, settings.Method));
            }

            var ofConversation = own[webhookEvent.ConversationSid].Where(w => w.Filters.Contains(webhookEvent.Type));
            deliveries.AddRange(ofConversation.Select(webhook => DeliveryOf(webhookEvent, webhook)));
        }

        await outbox.AddAsync(deliveries, cancellationToken);
        return deliveries is not [];
    }

    /// <summary>Adds an event for one webhook of a conversation.</summary>
    public Task AddAsync(WebhookEvent webhookEvent, ConversationWebhook webhook, CancellationToken cancellationToken) =>
        outbox.AddAsync(DeliveryOf(webhookEvent, webhook), cancellationToken);

    /// <summary>
    /// The service's settings apply if they have a URL, otherwise the account's. A request reads them once: its
    /// pre-action and post-action events follow the same settings.
    /// </summary>
    public async Task<WebhookSettings?> SettingsAsync(WebhookEvent webhookEvent, CancellationToken cancellationToken)
    {
        if (read?.ChatServiceSid != webhookEvent.ChatServiceSid)
        {
            var settings = await db.Set<WebhookSettings>()
                .Where(s => s.OwnerSid == webhookEvent.ChatServiceSid || s.OwnerSid == webhookEvent.AccountSid)
                .ToListAsync(cancellationToken);
            var ofService = settings.Find(s => s.OwnerSid == webhookEvent.ChatServiceSid);
            read = new(
                webhookEvent.ChatServiceSid,
                (ofService?.PreWebhookUrl ?? ofService?.PostWebhookUrl) is not null
                    ? ofService
                    : settings.Find(s => s.OwnerSid == webhookEvent.AccountSid)
            );
        }

        return read.Settings;
    }

    /// <summary>
    /// The conversation's own webhooks that are called; those with other targets are only stored.
    /// </summary>
    public Task<List<ConversationWebhook>> OwnAsync(string? conversationSid, CancellationToken cancellationToken) =>
        db.Set<ConversationWebhook>()
            .Where(w => w.ConversationSid == conversationSid && w.Target == WebhookTarget.Webhook)
            .OrderBy(w => w.Sid)
            .ToListAsync(cancellationToken);

    // The conversation's own webhooks for each conversation of the events.
    private async Task<ILookup<string?, ConversationWebhook>> OwnAsync(
        IReadOnlyCollection<WebhookEvent> events,
        CancellationToken cancellationToken
    )
    {
        string[] sids =
        [
            .. events
                .Where(e => WebhookEvents.IsOfConversation(e.Type))
                .Select(e => e.ConversationSid)
                .OfType<string>()
                .Distinct(),
        ];
        var own = sids switch
        {
            [] => [],
            [var only] => await OwnAsync(only, cancellationToken),
            _ => await db.Set<ConversationWebhook>()
                .Where(w => sids.Contains(w.ConversationSid) && w.Target == WebhookTarget.Webhook)
                .OrderBy(w => w.Sid)
                .ToListAsync(cancellationToken),
        };
        return own.ToLookup(w => (string?)w.ConversationSid);
    }

    private WebhookDelivery DeliveryOf(WebhookEvent webhookEvent, ConversationWebhook webhook) =>
        DeliveryOf(webhookEvent, webhook.ConfigurationUrl!, webhook.Method!.ToUpperInvariant());

    private WebhookDelivery DeliveryOf(WebhookEvent webhookEvent, string url, string method) =>
        new()
        {
            AccountSid = webhookEvent.AccountSid,
            Queue = $"{webhookEvent.Subject} {Digest.Of(url)}",
            EventType = webhookEvent.Type,
            Url = url,
            Method = method,
            Body = JsonSerializer.Serialize(webhookEvent.Parameters()),
            DateCreated = clock.Now,
            EventId = Guid.NewGuid(),
        };

    private sealed record SettingsRead(string ChatServiceSid, WebhookSettings? Settings);
}
