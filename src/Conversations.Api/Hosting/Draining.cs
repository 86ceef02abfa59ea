using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Conversations.Api.Hosting;

/// <summary>
/// The moment between the wish that the server ends and its end. It listens no more, so new connections go elsewhere; those that are open get their
/// answers, and each answer ends its connection. So no client sends a request on a connection that is being closed, and could not tell whether the
/// request was taken.
/// </summary>
/// <remarks>Kestrel by itself stops listening and closes its connections in one go: who had just connected, or was just about to ask, is cut off.</remarks>
public sealed class Draining(SocketTransportFactory sockets) : IHostedLifecycleService, IConnectionListenerFactory
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly ConcurrentBag<IConnectionListener> listeners = [];

    private volatile bool hasBegun;

    public bool HasBegun => hasBegun;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        listeners.Add(listener);
        return listener;
    }

    /// <summary>Once draining has begun, an answer ends its connection.</summary>
    public void CloseAfterAnswer(HttpResponse response) => response.OnStarting(() =>
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

        hasBegun = true; // Not before: whoever is sent away connects anew, and one who is still in the listener's queue when that closes is cut off.
        await Task.Delay(Moment, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
