using System.Threading.Channels;

namespace Conversations.Api.Webhooks;

/// <summary>Tells this process's sender that there is something to send, so that it need not ask the database all the time.</summary>
public sealed class WebhookSignal
{
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Signal() => signals.Writer.TryWrite(true);

    /// <summary>Waits for a signal, but no longer than that: another process's events and postponed ones give none.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(atMost);
        try
        {
            await signals.Reader.ReadAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
    }
}
