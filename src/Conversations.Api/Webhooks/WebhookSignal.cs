using System.Threading.Channels;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Signals to this process's sender that there is a delivery to send, so it does not have to poll the database
/// constantly.
/// </summary>
public sealed class WebhookSignal
{
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Signal() => signals.Writer.TryWrite(true);

    /// <summary>
    /// Waits for a signal or the timeout. The events of other processes and postponed events give no signal.
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
