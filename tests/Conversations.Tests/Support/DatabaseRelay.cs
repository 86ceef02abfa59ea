using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Conversations.Tests.Support;

/// <summary>
/// A port of the loopback that leads to a database server, until it is shut. So a database goes away, and comes back, for one server under
/// test while others go on using it.
/// </summary>
internal sealed class DatabaseRelay : IDisposable
{
    private readonly string host;
    private readonly int port;
    private readonly ConcurrentBag<TcpClient> connections = [];
    private TcpListener listener = new(IPAddress.Loopback, 0);

    public DatabaseRelay(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync(listener);
    }

    public int Port { get; }

    /// <summary>Breaks the connections there are and refuses new ones.</summary>
    public void Shut()
    {
        listener.Stop();
        while (connections.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    public void Open()
    {
        listener = new(IPAddress.Loopback, Port);
        listener.Start();
        _ = AcceptAsync(listener);
    }

    public void Dispose() => Shut();

    private async Task AcceptAsync(TcpListener open)
    {
        try
        {
            while (true)
            {
                var caller = await open.AcceptTcpClientAsync();
                TcpClient database = new();
                connections.Add(caller);
                connections.Add(database);
                await database.ConnectAsync(host, port);
                _ = CopyAsync(caller, database);
                _ = CopyAsync(database, caller);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut.
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut, or one end hung up: then the other one has to, as well.
        }

        to.Dispose();
    }
}
