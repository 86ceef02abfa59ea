namespace Conversations.Api.Wire;

/// <summary>
/// Runs the timeout of one request. It stops while the client sends the body and receives the answer: Kestrel limits
/// how slow the client may be.
/// </summary>
public sealed class RequestTimer(RequestTimeout timeout, CancellationToken aborted) : IDisposable
{
    private readonly CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(aborted);

    private bool isDisposed;

    public CancellationToken Token => cancellation.Token;

    public bool HasExpired => cancellation.IsCancellationRequested;

    public void Start() => cancellation.CancelAfter(timeout.Value);

    /// <summary>An answer without a body begins after the end of the request's pipeline.</summary>
    public void Stop()
    {
        if (!isDisposed)
        {
            cancellation.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        cancellation.Dispose();
    }
}
