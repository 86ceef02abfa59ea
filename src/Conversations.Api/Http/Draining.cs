namespace Conversations.Api.Http;

/// <summary>
/// The moment between the wish that the server ends and the end of listening: every answer ends its connection. So no client sends a request on a
/// connection that is being closed, and could not tell whether the request was taken.
/// </summary>
public sealed class Draining : IHostedLifecycleService
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private volatile bool hasBegun;

    public bool HasBegun => hasBegun;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        hasBegun = true;
        return Task.Delay(Moment, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
