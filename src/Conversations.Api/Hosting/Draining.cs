using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Conversations.Api.Hosting;

/// <summary>
/// The drain period between the signal to stop and the end of the server. The server stops listening, so new connections go elsewhere; open
/// connections get their answers, and each answer ends its connection. So no client sends a request on a connection that is being closed, and could not tell whether the
/// request was taken.
/// </summary>
/// <remarks>Kestrel alone stops listening and closes its connections at once: it cuts off clients that have just connected or are about to send.</remarks>
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

    /// <summary>Once draining has begun, an answer ends its connection.</summary>
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
            await listener.UnbindAsync(CancellationToken.None);
        }

        hasBegun = true; // Not before: a client that is sent away connects again, and one that waits in the listener's queue when it closes is cut off.
        await Task.Delay(DrainPeriod, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
