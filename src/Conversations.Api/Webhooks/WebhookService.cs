using System.Text.Json;
using Conversations.Api.Data;
using Conversations.Api.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The two lines a write has for its webhooks: before it, which asks and may refuse, and after it, which writes down what is to be told, in the
/// same transaction. Without X-Twilio-Webhook-Enabled: true neither does anything, nor costs a query.
/// </summary>
public sealed partial class WebhookService(
    ConversationsDbContext db, RequestScope scope, WebhookClient client, WebhookWakeUp wakeUp, IOptions<WebhookOptions> options, TimeProvider clock,
    IHostEnvironment environment, ILogger<WebhookService> logger)
{
    private bool hasHinted;

    /// <summary>Whether the caller wants webhooks at all.</summary>
    public bool Enabled => scope.WebhooksEnabled;

    /// <summary>
    /// Asks the pre-action webhook, if one is configured for the event, and waits for it. Never inside a transaction: what
    /// was checked before is checked again afterwards. A receiver that does not answer lets the change through.
    /// </summary>
    /// <param name="check">Checks the request and tells the event; not called when nobody is to be asked.</param>
    /// <returns>What the receiver wants changed; null for nothing.</returns>
    /// <exception cref="TwilioException">50056: the receiver refused. Or what <paramref name="check"/> throws.</exception>
    public async Task<WebhookChanges?> BeforeAsync(Func<Task<WebhookEvent>> check, CancellationToken cancellationToken)
    {
        if (!Enabled || options.Value.PostOnly)
        {
            return null;
        }

        var happening = await check();
        db.ChangeTracker.Clear();
        if (await SettingsAsync(happening, cancellationToken) is not { PreWebhookUrl: { } url } settings || !settings.Filters.Contains(happening.Type))
        {
            return null;
        }

        var answer = await client.CallAsync(happening.AccountSid, url, settings.Method, [.. happening.Parameters()], Guid.NewGuid(), cancellationToken);
        switch (answer)
        {
            case { Status: null }:
                LogUnanswered(happening.Type, answer.Failure!);
                return null;
            case { IsSuccess: false }:
                LogRefused(happening.Type, (int)answer.Status);
                throw new TwilioException(TwilioErrors.WebhookCancelled);
            default:
                return Changes(answer.Body);
        }
    }

    /// <summary>Adds what the post-action webhooks are to be told; saved with the change itself.</summary>
    public async Task AfterAsync(WebhookEvent happened, CancellationToken cancellationToken)
    {
        if (!Enabled)
        {
            await HintAsync(happened, cancellationToken);
            return;
        }

        if (await SettingsAsync(happened, cancellationToken) is { PostWebhookUrl: { } url } settings && settings.Filters.Contains(happened.Type))
        {
            Enqueue(happened, url, settings.Method);
        }

        if (happened.ConversationSid is not null && WebhookEvents.IsOfConversation(happened.Type))
        {
            var own = await db.ConversationWebhooks.Where(w => w.ConversationSid == happened.ConversationSid && w.Target == WebhookTarget.Webhook)
                .OrderBy(w => w.Sid)
                .ToListAsync(cancellationToken);
            foreach (var webhook in own.Where(w => w.Filters.Contains(happened.Type)))
            {
                Enqueue(happened, webhook.ConfigurationUrl!, webhook.Method!.ToUpperInvariant());
            }
        }
    }

    // In Development, for whoever waits for an event and forgot the header.
    private async Task HintAsync(WebhookEvent happened, CancellationToken cancellationToken)
    {
        if (hasHinted || !environment.IsDevelopment() || !logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        hasHinted = true; // A write that is tried again comes here again.
        var configured = db.WebhookSettings
            .Where(s => s.OwnerSid == happened.ChatServiceSid || s.OwnerSid == happened.AccountSid)
            .Where(s => s.PreWebhookUrl != null || s.PostWebhookUrl != null)
            .Select(s => s.OwnerSid)
            .Concat(db.ConversationWebhooks
                .Where(w => w.ConversationSid == happened.ConversationSid && w.Target == WebhookTarget.Webhook)
                .Select(w => w.Sid));
        if (await configured.AnyAsync(cancellationToken))
        {
            LogNotEnabled(happened.Type);
        }
    }

    // A service's own settings count if they have a URL, else the account's.
    private async Task<WebhookSettings?> SettingsAsync(WebhookEvent happening, CancellationToken cancellationToken)
    {
        var settings = await db.WebhookSettings
            .Where(s => s.OwnerSid == happening.ChatServiceSid || s.OwnerSid == happening.AccountSid)
            .ToListAsync(cancellationToken);
        return settings.Find(s => s.OwnerSid == happening.ChatServiceSid && (s.PreWebhookUrl ?? s.PostWebhookUrl) is not null)
            ?? settings.Find(s => s.OwnerSid == happening.AccountSid);
    }

    private void Enqueue(WebhookEvent happened, string url, string method)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        db.Add(new WebhookDelivery
        {
            AccountSid = happened.AccountSid,
            Queue = $"{happened.Subject} {url}",
            EventType = happened.Type,
            Url = url,
            Method = method,
            Body = JsonSerializer.Serialize(happened.Parameters()),
            DateCreated = now,
            NextAttempt = now,
        });
        scope.OnAnswered(wakeUp.Signal);
    }

    private static WebhookChanges? Changes(string body)
    {
        try
        {
            var changes = JsonSerializer.Deserialize<WebhookChanges>(body, TwilioJson.Options);
            TwilioException.Unless(changes?.FriendlyName?.Contains('\0') != true, TwilioErrors.MalformedRequest); // As a caller's.
            return changes;
        }
        catch (JsonException)
        {
            return null; // Empty, or text: unchanged.
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Hint: webhooks are configured, and none hears of {EventType}: "
        + "the request has no header X-Twilio-Webhook-Enabled: true")]
    private partial void LogNotEnabled(string eventType);

    [LoggerMessage(LogLevel.Warning, "50076: the pre-action webhook of {EventType} did not answer ({Failure}); the change goes on")]
    private partial void LogUnanswered(string eventType, string failure);

    [LoggerMessage(LogLevel.Information, "50056: the pre-action webhook of {EventType} refused with {Status}")]
    private partial void LogRefused(string eventType, int status);
}

/// <summary>What a pre-action webhook may change: of all that fires here only a conversation's friendly name is documented.</summary>
/// <param name="FriendlyName">Null leaves it as it is.</param>
public sealed record WebhookChanges(string? FriendlyName);
