using System.Threading.Channels;

namespace Conversations.Api.Data;

/// <summary>
/// Signals to a background worker of this process that there is something to do, so it does not have to poll the
/// database constantly.
/// </summary>
/// <typeparam name="TWorker">The worker.</typeparam>
public sealed class WorkSignal<TWorker>
{
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Signal() => signals.Writer.TryWrite(true);

    /// <summary>
    /// Waits for a signal or the timeout. Work that other processes add, or that is postponed, gives no signal.
    /// </summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(timeout);
        try
        {
            await signals.Reader.ReadAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
    }
}
