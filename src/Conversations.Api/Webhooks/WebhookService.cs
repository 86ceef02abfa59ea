using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Calls the pre-action webhook of an event, and stores the events for the post-action webhooks. <see cref="Changes"/>
/// decides when. Without X-Twilio-Webhook-Enabled: true neither happens, and no query runs.
/// </summary>
public sealed partial class WebhookService(
    RequestScope scope,
    PostActionWebhooks postAction,
    WebhookClient client,
    WorkSignal<WebhookSender> signal,
    IOptions<WebhookOptions> options,
    IHostEnvironment environment,
    ILogger<WebhookService> logger
)
{
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

        var webhookEvent = WithSource(createEvent());
        if (
            await postAction.SettingsAsync(webhookEvent, cancellationToken) is not { PreWebhookUrl: { } url } settings
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
    /// Adds the events of one change to the outbox (<see cref="PostActionWebhooks"/>). The sender hears of them after
    /// the answer.
    /// </summary>
    public async Task QueueAsync(IReadOnlyCollection<WebhookEvent> events, CancellationToken cancellationToken)
    {
        if (await postAction.AddAsync([.. events.Select(WithSource)], cancellationToken))
        {
            scope.OnAnswered(signal.Signal);
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

        var settings = await postAction.SettingsAsync(webhookEvent, cancellationToken);
        var filters = (settings?.PreWebhookUrl ?? settings?.PostWebhookUrl) is null ? [] : settings!.Filters;
        var own = await postAction.OwnAsync(webhookEvent.ConversationSid, cancellationToken);

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

    private WebhookEvent WithSource(WebhookEvent webhookEvent) =>
        webhookEvent.Source is null || scope.Origin is not { } origin
            ? webhookEvent
            : webhookEvent with
            {
                Source = origin.Source,
            };

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
}
