using Conversations.Api.Data;

namespace Conversations.Api.Conversations;

/// <summary>
/// Settles the conversations whose timers have expired, each second. Every process has one; they share the work
/// through <see cref="ConversationTimers"/>.
/// </summary>
public sealed partial class TimerSweeper(
    IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime,
    ILogger<TimerSweeper> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

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

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await SweepAsync(cancellationToken) < ConversationTimers.BatchSize)
        {
            await Task.Delay(Interval, cancellationToken);
        }
    }

    // In random order, so that the sweepers of several servers do not wait for each other's rows.
    private async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        string[] due =
        [
            .. await InScopeAsync((timers, db) => timers.DueAsync(db.Set<Conversation>(), cancellationToken)),
        ];
        Random.Shared.Shuffle(due);
        foreach (var sid in due)
        {
            await InScopeAsync((timers, _) => timers.SettleAsync(sid, cancellationToken));
        }

        return due.Length;
    }

    private async Task<T> InScopeAsync<T>(Func<ConversationTimers, ConversationsDbContext, Task<T>> run)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        return await run(
            services.GetRequiredService<ConversationTimers>(),
            services.GetRequiredService<ConversationsDbContext>()
        );
    }

    private void LogPause(Exception exception)
    {
        if (Database.IsUnavailable(exception))
        {
            LogUnavailable(exception.Message);
        }
        else
        {
            LogFailure(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Settling the timers of conversations is paused: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(LogLevel.Warning, "Settling the timers of conversations failed and is paused")]
    private partial void LogFailure(Exception exception);
}
