namespace Conversations.Api.Data;

/// <summary>
/// A worker that repeats its work until the process stops. It survives every exception, and continues after a pause.
/// </summary>
/// <param name="work">What it does, for the log.</param>
public abstract partial class BackgroundWorker(string work, IHostApplicationLifetime lifetime, ILogger logger)
    : BackgroundService
{
    /// <summary>How long it waits for work without a signal, and after a failure.</summary>
    protected static TimeSpan Pause { get; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Begins when the server listens. The host would log an error for a worker that is cancelled because the web
    /// server can't start.
    /// </summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = base.StartAsync(CancellationToken.None));
        return Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogPause(exception);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    /// <summary>One round. It waits when there is nothing to do.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>Logs a failure: one line when the database is unavailable.</summary>
    protected void LogPause(Exception exception)
    {
        if (Database.IsUnavailable(exception))
        {
            LogUnavailable(work, exception.Message);
        }
        else
        {
            LogFailure(exception, work);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Work} is paused: {Reason}")]
    private partial void LogUnavailable(string work, string reason);

    [LoggerMessage(LogLevel.Warning, "{Work} failed and is paused")]
    private partial void LogFailure(Exception exception, string work);
}
