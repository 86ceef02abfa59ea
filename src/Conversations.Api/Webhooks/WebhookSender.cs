using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Conversations.Api.Data;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Sends the deliveries in the outbox. Every process has one sender; they share the work through
/// <see cref="WebhookOutbox"/>.
/// </summary>
public sealed partial class WebhookSender(
    IServiceScopeFactory scopes,
    WebhookClient client,
    WorkSignal<WebhookSender> signal,
    WebhookMetrics metrics,
    IOptions<WebhookOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<WebhookSender> logger
) : BackgroundWorker("Sending webhooks", lifetime, logger)
{
    // The queues that write to the database at the same time. Most connections stay free for requests.
    private const int MaxWriters = 16;

    private readonly WebhookSlots slots = new();

    private readonly List<Task> running = [];

    private readonly SemaphoreSlim writers = new(MaxWriters);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await Task.WhenAll(running); // The calls take no longer than their timeout.
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await SendDueAsync(cancellationToken) == 0)
        {
            await signal.WaitAsync(Pause, cancellationToken);
        }
    }

    private async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        await metrics.RefreshAsync(scopes, cancellationToken);
        running.RemoveAll(queue => queue.IsCompleted);
        await using var scope = scopes.CreateAsyncScope();
        var claims = scope.ServiceProvider.GetRequiredService<WebhookClaims>();
        var count = 0;
        foreach (var account in await claims.DueAccountsAsync(cancellationToken))
        {
            if (slots.HasFree(account))
            {
                var claimed = await claims.ClaimAsync(account, slots, cancellationToken);
                running.AddRange(claimed.Select(delivery => SendQueueAsync(delivery, cancellationToken)));
                count += claimed.Count;
            }
        }

        return count;
    }

    // Sends the queue from its first delivery on, until it is empty, must wait, or the process stops. In the last case
    // the claim of the next delivery expires.
    private async Task SendQueueAsync(WebhookDelivery first, CancellationToken stoppingToken)
    {
        try
        {
            for (var delivery = first; delivery is not null && !stoppingToken.IsCancellationRequested; )
            {
                delivery = await SendAsync(delivery, stoppingToken);
            }
        }
        catch (Exception exception)
        {
            LogPause(exception); // The claim expires, and the delivery is tried again.
        }
        finally
        {
            slots.Release(first.AccountSid, first.Url);
            signal.Signal();
        }
    }

    private async Task<WebhookDelivery?> SendAsync(WebhookDelivery delivery, CancellationToken stoppingToken)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await TryAsync(delivery, stoppingToken);
        var result = answer.Failure ?? ((int)answer.Status!).ToString(CultureInfo.InvariantCulture);
        LogDelivery(
            delivery.EventType,
            delivery.Id,
            Uri.TryCreate(delivery.Url, UriKind.Absolute, out var url) ? url.Host : "no host",
            result,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            delivery.Attempts
        );

        if (answer.IsSuccess)
        {
            metrics.Sent();
        }
        else
        {
            metrics.Failed();
            if (delivery.Attempts >= options.Value.MaxAttempts)
            {
                LogDeadLettered(delivery.EventType, delivery.Id, delivery.Attempts);
            }
        }

        return await EndAsync(
            delivery.AccountSid,
            outbox =>
                answer.IsSuccess
                    ? outbox.FinishAsync(delivery, CancellationToken.None)
                    : outbox.FailAsync(delivery, result, CancellationToken.None)
        );
    }

    // An attempt that ends with an exception is a failed attempt like any other: it is counted and does not block its
    // queue. The end of the process is no failure: then the claim expires.
    private async Task<WebhookAnswer> TryAsync(WebhookDelivery delivery, CancellationToken stoppingToken)
    {
        try
        {
            var parameters = JsonSerializer.Deserialize<List<KeyValuePair<string, string>>>(delivery.Body)!;
            parameters.Add(new("RetryCount", (delivery.Attempts - 1).ToString(CultureInfo.InvariantCulture)));
            return await client.CallAsync(
                delivery.AccountSid,
                delivery.Url,
                delivery.Method,
                parameters,
                delivery.EventId,
                CancellationToken.None
            );
        }
        catch (Exception exception)
            when (!stoppingToken.IsCancellationRequested
                || exception is not (OperationCanceledException or ObjectDisposedException)
            )
        {
            LogAttempt(exception, delivery.EventType, delivery.Id);
            return new(null, "", exception.GetType().Name);
        }
    }

    private async Task<WebhookDelivery?> EndAsync(string accountSid, Func<WebhookOutbox, Task<WebhookDelivery?>> end)
    {
        await writers.WaitAsync(CancellationToken.None);
        try
        {
            await using var scope = scopes.CreateAccountScope(accountSid);
            return await end(scope.ServiceProvider.GetRequiredService<WebhookOutbox>());
        }
        finally
        {
            writers.Release();
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Webhook {EventType} {Id} to {Host}: {Result} in {Elapsed:0.0} ms, attempt {Attempt}"
    )]
    private partial void LogDelivery(
        string eventType,
        long id,
        string host,
        string result,
        double elapsed,
        int attempt
    );

    [LoggerMessage(
        LogLevel.Warning,
        "Webhook {EventType} {Id} is dead-lettered after {Attempts} attempts. The command webhooks lists, resends or "
            + "discards it"
    )]
    private partial void LogDeadLettered(string eventType, long id, int attempts);

    [LoggerMessage(LogLevel.Warning, "Webhook {EventType} {Id} could not be sent")]
    private partial void LogAttempt(Exception exception, string eventType, long id);
}
