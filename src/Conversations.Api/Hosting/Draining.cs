using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Conversations.Api.Hosting;

/// <summary>
/// The drain period between the signal to stop and the end of the server:
/// <list type="number">
/// <item>The server stops listening, so new connections go to other servers.</item>
/// <item>Requests on open connections are still answered, and each answer closes its connection. So no client sends a
/// request on a connection that is being closed; such a client could not know whether the request was processed.</item>
/// <item>After the drain period Kestrel stops.</item>
/// </list>
/// </summary>
/// <remarks>
/// Without a drain period Kestrel stops listening and closes its connections at the same time. It then disconnects
/// clients that have just connected or are about to send a request.
/// </remarks>
public sealed class Draining(SocketTransportFactory sockets) : IHostedLifecycleService, IConnectionListenerFactory
{
    private static readonly TimeSpan DrainPeriod = TimeSpan.FromSeconds(1);

    private readonly ConcurrentBag<IConnectionListener> listeners = [];

    private volatile bool hasBegun;

    public bool HasBegun => hasBegun;

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default
    )
    {
        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        listeners.Add(listener);
        return listener;
    }

    /// <summary>Makes the answer close its connection when draining has begun (step 2).</summary>
    public void CloseAfterAnswer(HttpResponse response) =>
        response.OnStarting(() =>
        {
            if (hasBegun)
            {
                response.Headers.Connection = "close";
            }

            return Task.CompletedTask;
        });

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in listeners)
        {
            await listener.UnbindAsync(CancellationToken.None); // 1
        }

        // 2. Not earlier: a client whose connection is closed connects again, and a listener that stops then resets the
        // connections in its queue.
        hasBegun = true;
        await Task.Delay(DrainPeriod, CancellationToken.None); // 3
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
