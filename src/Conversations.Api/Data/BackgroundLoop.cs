namespace Conversations.Api.Data;

/// <summary>Repeats the work of a background worker until the process stops.</summary>
public static class BackgroundLoop
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="work">One round. It waits itself when there is nothing to do.</param>
    /// <param name="failed">Logs an exception. The worker survives it, and continues after a pause.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task> work,
        Action<Exception> failed,
        CancellationToken stoppingToken
    )
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await work(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                failed(exception);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }
}
