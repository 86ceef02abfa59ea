using System.Diagnostics.Metrics;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The meter "Conversations.Webhooks": sent (events), failed (attempts), waiting (events), oldest (age in seconds).
/// </summary>
public sealed class WebhookMetrics
{
    public const string MeterName = "Conversations.Webhooks";

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    private readonly TimeProvider clock;

    private readonly Counter<long> sent;

    private readonly Counter<long> failed;

    private readonly ObservableGauge<int> waiting;

    private (int Count, DateTime? Oldest) state;

    private long refreshed;

    public WebhookMetrics(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        var meter = meters.Create(MeterName);
        sent = meter.CreateCounter<long>("webhooks.sent", "{event}");
        failed = meter.CreateCounter<long>("webhooks.failed", "{try}");
        waiting = meter.CreateObservableGauge("webhooks.waiting", () => state.Count, "{event}");
        meter.CreateObservableGauge(
            "webhooks.oldest",
            () => state.Oldest is { } oldest ? (clock.GetUtcNow().UtcDateTime - oldest).TotalSeconds : 0,
            "s"
        );
    }

    public void Sent() => sent.Add(1);

    public void Failed() => failed.Add(1);

    /// <summary>
    /// Counts the waiting events in the database, every five seconds and only while a listener is enabled.
    /// </summary>
    public async Task RefreshAsync(IServiceScopeFactory scopes, CancellationToken cancellationToken)
    {
        if (waiting.Enabled && clock.GetElapsedTime(refreshed) > RefreshInterval)
        {
            refreshed = clock.GetTimestamp();
            await using var scope = scopes.CreateAsyncScope();
            state = await scope.ServiceProvider.GetRequiredService<WebhookOutbox>().WaitingAsync(cancellationToken);
        }
    }
}
