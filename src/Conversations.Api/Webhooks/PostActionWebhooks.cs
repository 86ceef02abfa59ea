using System.Text.Json;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Adds events to the outbox for each post-action webhook that wants them. It needs no request, so timers and
/// deliveries use it too.
/// </summary>
public sealed class PostActionWebhooks(ConversationsDbContext db, WebhookOutbox outbox, TimeProvider clock)
{
    private SettingsRead? read;

    /// <summary>
    /// Adds the events of one change. The caller's transaction saves the rows together with the change. The webhooks
    /// are read once, so all events go to the same ones.
    /// </summary>
    /// <returns>Whether a webhook gets an event. Then the caller signals the sender after the commit.</returns>
    public async Task<bool> AddAsync(IReadOnlyCollection<WebhookEvent> events, CancellationToken cancellationToken)
    {
        var added = false;
        List<ConversationWebhook>? own = null;
        foreach (var webhookEvent in events)
        {
            if (
                await SettingsAsync(webhookEvent, cancellationToken) is { PostWebhookUrl: { } url } settings
                && settings.Filters.Contains(webhookEvent.Type)
            )
            {
                await AddAsync(webhookEvent, url, settings.Method, cancellationToken);
                added = true;
            }

            if (webhookEvent.ConversationSid is not null && WebhookEvents.IsOfConversation(webhookEvent.Type))
            {
                own ??= await OwnAsync(webhookEvent.ConversationSid, cancellationToken);
                foreach (var webhook in own.Where(w => w.Filters.Contains(webhookEvent.Type)))
                {
                    await AddAsync(webhookEvent, webhook, cancellationToken);
                    added = true;
                }
            }
        }

        return added;
    }

    /// <summary>Adds an event for one webhook of a conversation.</summary>
    public Task AddAsync(WebhookEvent webhookEvent, ConversationWebhook webhook, CancellationToken cancellationToken) =>
        AddAsync(webhookEvent, webhook.ConfigurationUrl!, webhook.Method!.ToUpperInvariant(), cancellationToken);

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

    private Task AddAsync(WebhookEvent webhookEvent, string url, string method, CancellationToken cancellationToken) =>
        outbox.AddAsync(
            new WebhookDelivery
            {
                AccountSid = webhookEvent.AccountSid,
                Queue = $"{webhookEvent.Subject} {Digest.Of(url)}",
                EventType = webhookEvent.Type,
                Url = url,
                Method = method,
                Body = JsonSerializer.Serialize(webhookEvent.Parameters()),
                DateCreated = clock.GetUtcNow().UtcDateTime,
                EventId = Guid.NewGuid(),
            },
            cancellationToken
        );

    private sealed record SettingsRead(string ChatServiceSid, WebhookSettings? Settings);
}
