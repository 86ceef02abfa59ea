using System.Text.Json;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Calls the pre-action webhook of an event, and stores the events for the post-action webhooks. <see cref="Changes"/>
/// decides when. Without X-Twilio-Webhook-Enabled: true neither happens, and no query runs.
/// </summary>
public sealed partial class WebhookService(
    ConversationsDbContext db,
    RequestScope scope,
    WebhookOutbox outbox,
    WebhookClient client,
    WebhookSignal signal,
    IOptions<WebhookOptions> options,
    TimeProvider clock,
    IHostEnvironment environment,
    ILogger<WebhookService> logger
)
{
    private SettingsRead? read;

    /// <summary>Whether the request has the header that enables webhooks.</summary>
    public bool Enabled => scope.WebhooksEnabled;

    /// <summary>
    /// Calls the pre-action webhook, if one is configured for the event, and waits for its answer. This is never done
    /// inside a transaction. If the receiver does not answer, the change is made.
    /// </summary>
    /// <param name="createEvent">Creates the event. It is not called when webhooks are disabled.</param>
    /// <returns>What the receiver wants changed; null when no webhook was called.</returns>
    /// <exception cref="TwilioException">50056: the receiver rejected the change.</exception>
    public async Task<WebhookChanges?> AskAsync(Func<WebhookEvent> createEvent, CancellationToken cancellationToken)
    {
        if (!Enabled || options.Value.PostOnly)
        {
            return null;
        }

        var webhookEvent = createEvent();
        if (
            await SettingsAsync(webhookEvent, cancellationToken) is not { PreWebhookUrl: { } url } settings
            || !settings.Filters.Contains(webhookEvent.Type)
        )
        {
            return null;
        }

        // A pre-action webhook is called once. Recorded bodies contain the count nevertheless.
        KeyValuePair<string, string>[] parameters = [.. webhookEvent.Parameters(), new("RetryCount", "0")];
        var answer = await client.CallAsync(
            webhookEvent.AccountSid,
            url,
            settings.Method,
            parameters,
            Guid.NewGuid(),
            cancellationToken
        );
        switch (answer)
        {
            case { Status: null }:
                LogUnanswered(webhookEvent.Type, answer.Failure!);
                return WebhookChanges.None;
            case { IsSuccess: false }:
                LogRefused(webhookEvent.Type, (int)answer.Status);
                throw new TwilioException(TwilioErrors.WebhookCancelled);
            default:
                return ReadChanges(answer.Body);
        }
    }

    /// <summary>
    /// Adds the events of one change to the outbox for each post-action webhook. The caller's transaction saves the
    /// rows together with the change. The webhooks are read once, so all events go to the same ones.
    /// </summary>
    public async Task QueueAsync(IReadOnlyCollection<WebhookEvent> events, CancellationToken cancellationToken)
    {
        List<ConversationWebhook>? own = null;
        foreach (var webhookEvent in events)
        {
            if (
                await SettingsAsync(webhookEvent, cancellationToken) is { PostWebhookUrl: { } url } settings
                && settings.Filters.Contains(webhookEvent.Type)
            )
            {
                await EnqueueAsync(webhookEvent, url, settings.Method, cancellationToken);
            }

            if (webhookEvent.ConversationSid is not null && WebhookEvents.IsOfConversation(webhookEvent.Type))
            {
                own ??= await OwnAsync(webhookEvent.ConversationSid, cancellationToken);
                foreach (var webhook in own.Where(w => w.Filters.Contains(webhookEvent.Type)))
                {
                    var method = webhook.Method!.ToUpperInvariant();
                    await EnqueueAsync(webhookEvent, webhook.ConfigurationUrl!, method, cancellationToken);
                }
            }
        }
    }

    /// <summary>
    /// In Development, logs a hint when webhooks are configured for the event but the request lacks the header. In
    /// other environments it does nothing and runs no query.
    /// </summary>
    public async Task HintAsync(Func<IEnumerable<WebhookEvent>> events, CancellationToken cancellationToken)
    {
        if (
            Enabled
            || !environment.IsDevelopment()
            || !logger.IsEnabled(LogLevel.Information)
            || events().FirstOrDefault() is not { } webhookEvent
        )
        {
            return;
        }

        var settings = await SettingsAsync(webhookEvent, cancellationToken);
        var filters = (settings?.PreWebhookUrl ?? settings?.PostWebhookUrl) is null ? [] : settings!.Filters;
        var own = await OwnAsync(webhookEvent.ConversationSid, cancellationToken);

        // The name of a post-action event begins with the name of its pre-action event.
        if (
            filters
                .Concat(own.SelectMany(w => w.Filters))
                .Any(filter => webhookEvent.Type.StartsWith(filter, StringComparison.Ordinal))
        )
        {
            LogNotEnabled(webhookEvent.Type);
        }
    }

    // The service's settings apply if they have a URL, otherwise the account's. A request reads them once: its
    // pre-action and post-action events follow the same settings.
    private async Task<WebhookSettings?> SettingsAsync(WebhookEvent webhookEvent, CancellationToken cancellationToken)
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

    // The conversation's own webhooks that are called; those with other targets are only stored.
    private Task<List<ConversationWebhook>> OwnAsync(string? conversationSid, CancellationToken cancellationToken) =>
        db.Set<ConversationWebhook>()
            .Where(w => w.ConversationSid == conversationSid && w.Target == WebhookTarget.Webhook)
            .OrderBy(w => w.Sid)
            .ToListAsync(cancellationToken);

    private async Task EnqueueAsync(
        WebhookEvent webhookEvent,
        string url,
        string method,
        CancellationToken cancellationToken
    )
    {
        await outbox.AddAsync(
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
        scope.OnAnswered(signal.Signal);
    }

    private static WebhookChanges ReadChanges(string body)
    {
        var changes = WebhookChanges.Read(body);
        TwilioException.ThrowIf(changes.HasNul, TwilioErrors.MalformedRequest); // The same rule as for a parameter.
        return changes;
    }

    [LoggerMessage(
        LogLevel.Information,
        "Hint: webhooks are configured, but none is called for {EventType}: "
            + "the request has no header X-Twilio-Webhook-Enabled: true"
    )]
    private partial void LogNotEnabled(string eventType);

    [LoggerMessage(
        LogLevel.Warning,
        "50076: the pre-action webhook of {EventType} did not answer ({Failure}); the change goes on"
    )]
    private partial void LogUnanswered(string eventType, string failure);

    [LoggerMessage(LogLevel.Information, "50056: the pre-action webhook of {EventType} refused with {Status}")]
    private partial void LogRefused(string eventType, int status);

    private sealed record SettingsRead(string ChatServiceSid, WebhookSettings? Settings);
}
