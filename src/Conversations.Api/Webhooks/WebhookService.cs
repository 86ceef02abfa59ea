using System.Text.Json;
using System.Text.Json.Serialization;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Asks the pre-action webhook of an event, and stores what the post-action webhooks are to be sent. <see cref="Changes"/> says when.
/// Without X-Twilio-Webhook-Enabled: true neither does anything, nor costs a query.
/// </summary>
public sealed partial class WebhookService(
    ConversationsDbContext db,
    RequestScope scope,
    WebhookClient client,
    WebhookSignal signal,
    IOptions<WebhookOptions> options,
    TimeProvider clock,
    IHostEnvironment environment,
    ILogger<WebhookService> logger
)
{
    /// <summary>Whether the caller wants webhooks at all.</summary>
    public bool Enabled => scope.WebhooksEnabled;

    /// <summary>
    /// Asks the pre-action webhook, if one is configured for the event, and waits for its answer. Never inside a transaction. A receiver that
    /// does not answer lets the change through.
    /// </summary>
    /// <param name="happening">Names the event; not called when webhooks are off.</param>
    /// <returns>What the receiver wants changed; null when none was asked.</returns>
    /// <exception cref="TwilioException">50056: the receiver refused.</exception>
    public async Task<WebhookChanges?> AskAsync(Func<WebhookEvent> happening, CancellationToken cancellationToken)
    {
        if (!Enabled || options.Value.PostOnly)
        {
            return null;
        }

        var asked = happening();
        if (
            await SettingsAsync(asked, cancellationToken) is not { PreWebhookUrl: { } url } settings
            || !settings.Filters.Contains(asked.Type)
        )
        {
            return null;
        }

        // A receiver is asked once; recorded bodies carry the count all the same.
        KeyValuePair<string, string>[] parameters = [.. asked.Parameters(), new("RetryCount", "0")];
        var answer = await client.CallAsync(
            asked.AccountSid,
            url,
            settings.Method,
            parameters,
            Guid.NewGuid(),
            cancellationToken
        );
        switch (answer)
        {
            case { Status: null }:
                LogUnanswered(asked.Type, answer.Failure!);
                return WebhookChanges.None;
            case { IsSuccess: false }:
                LogRefused(asked.Type, (int)answer.Status);
                throw new TwilioException(TwilioErrors.WebhookCancelled);
            default:
                return ReadChanges(answer.Body);
        }
    }

    /// <summary>Adds what the post-action webhooks are to be sent to the outbox; the caller's transaction saves it with the change itself.</summary>
    public async Task QueueAsync(WebhookEvent happened, CancellationToken cancellationToken)
    {
        if (
            await SettingsAsync(happened, cancellationToken) is { PostWebhookUrl: { } url } settings
            && settings.Filters.Contains(happened.Type)
        )
        {
            Enqueue(happened, url, settings.Method);
        }

        if (happened.ConversationSid is not null && WebhookEvents.IsOfConversation(happened.Type))
        {
            var own = await db.Set<ConversationWebhook>()
                .Where(w => w.ConversationSid == happened.ConversationSid && w.Target == WebhookTarget.Webhook)
                .OrderBy(w => w.Sid)
                .ToListAsync(cancellationToken);
            foreach (var webhook in own.Where(w => w.Filters.Contains(happened.Type)))
            {
                Enqueue(happened, webhook.ConfigurationUrl!, webhook.Method!.ToUpperInvariant());
            }
        }
    }

    /// <summary>
    /// In Development, logs a hint when webhooks are configured and the request that was answered without events lacks the
    /// header. Elsewhere it does nothing, and costs no query.
    /// </summary>
    public async Task HintAsync(Func<IEnumerable<WebhookEvent>> events, CancellationToken cancellationToken)
    {
        if (
            Enabled
            || !environment.IsDevelopment()
            || !logger.IsEnabled(LogLevel.Information)
            || events().FirstOrDefault() is not { } happened
        )
        {
            return;
        }

        var settings = await SettingsAsync(happened, cancellationToken);
        var filters = (settings?.PreWebhookUrl ?? settings?.PostWebhookUrl) is null ? [] : settings!.Filters;
        var own = await db.Set<ConversationWebhook>()
            .Where(w => w.ConversationSid == happened.ConversationSid && w.Target == WebhookTarget.Webhook)
            .ToListAsync(cancellationToken);

        // A name of a pre-action event is the beginning of the name of its post-action event.
        if (
            filters
                .Concat(own.SelectMany(w => w.Filters))
                .Any(filter => happened.Type.StartsWith(filter, StringComparison.Ordinal))
        )
        {
            LogNotEnabled(happened.Type);
        }
    }

    // A service's own settings count if they have a URL, else the account's.
    private async Task<WebhookSettings?> SettingsAsync(WebhookEvent happening, CancellationToken cancellationToken)
    {
        var settings = await db.Set<WebhookSettings>()
            .Where(s => s.OwnerSid == happening.ChatServiceSid || s.OwnerSid == happening.AccountSid)
            .ToListAsync(cancellationToken);
        return settings.Find(s =>
                s.OwnerSid == happening.ChatServiceSid && (s.PreWebhookUrl ?? s.PostWebhookUrl) is not null
            ) ?? settings.Find(s => s.OwnerSid == happening.AccountSid);
    }

    private void Enqueue(WebhookEvent happened, string url, string method)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        db.Add(
            new WebhookDelivery
            {
                AccountSid = happened.AccountSid,
                Queue = $"{happened.Subject} {url}",
                EventType = happened.Type,
                Url = url,
                Method = method,
                Body = JsonSerializer.Serialize(happened.Parameters()),
                DateCreated = now,
                NextAttempt = now,
            }
        );
        scope.OnAnswered(signal.Signal);
    }

    private static WebhookChanges ReadChanges(string body)
    {
        try
        {
            var changes = JsonSerializer.Deserialize<WebhookChanges>(body);
            TwilioException.ThrowIf(changes?.FriendlyName?.Contains('\0') == true, TwilioErrors.MalformedRequest); // As a caller's.
            return changes ?? WebhookChanges.None;
        }
        catch (JsonException)
        {
            return WebhookChanges.None; // Empty, or text: unchanged.
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Hint: webhooks are configured, and none hears of {EventType}: "
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
}

/// <summary>What a pre-action webhook may change: of all that fires here only a conversation's friendly name is documented.</summary>
/// <param name="FriendlyName">Null leaves it as it is.</param>
public sealed record WebhookChanges([property: JsonPropertyName("friendly_name")] string? FriendlyName)
{
    /// <summary>A webhook was asked and wants nothing changed.</summary>
    public static WebhookChanges None { get; } = new(FriendlyName: null);
}
