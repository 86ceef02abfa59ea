using Conversations.Api.Data;

namespace Conversations.Api.Receipts;

/// <summary>
/// Makes the due steps of deliveries. Every process has one worker; they share the work through
/// <see cref="DeliverySteps"/>.
/// </summary>
public sealed partial class DeliveryWorker(
    IServiceScopeFactory scopes,
    WorkSignal<DeliveryWorker> signal,
    DeliveryOptions options,
    IHostApplicationLifetime lifetime,
    ILogger<DeliveryWorker> logger
) : BackgroundService
{
    // Most connections stay free for requests.
    private const int MaxWriters = 4;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private TimeSpan Pause => TimeSpan.FromSeconds(Math.Min(options.StepSeconds, PollInterval.TotalSeconds));

    /// <summary>
    /// Begins when the server listens. The host would log an error for a worker that is cancelled because the web
    /// server can't start.
    /// </summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = base.StartAsync(CancellationToken.None));
        return Task.CompletedTask;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        BackgroundLoop.RunAsync(RunOnceAsync, LogPause, stoppingToken);

    // After a signal or a step, the next step follows one pause later.
    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var count = await StepAsync(cancellationToken);
        if (count == 0)
        {
            await signal.WaitAsync(PollInterval, cancellationToken);
        }

        if (count < DeliverySteps.BatchSize)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    // In random order, so that the workers of several servers do not wait for each other's rows.
    private async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        string[] due = [.. await DueAsync(cancellationToken)];
        Random.Shared.Shuffle(due);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = MaxWriters, CancellationToken = cancellationToken },
            async (message, token) =>
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<DeliverySteps>().StepAsync(message, token);
            }
        );
        return due.Length;
    }

    private async Task<IReadOnlyList<string>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DeliverySteps>().DueAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The delivery of messages failed and is paused")]
    private partial void LogPause(Exception exception);
}
