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
    private volatile Socket listener = Bound(0);

    public DatabaseRelay(string host, int port)
    {
        (this.host, this.port) = (host, port);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Open();
    }

    public int Port { get; }

    /// <summary>Breaks the connections there are and refuses new ones.</summary>
    public void Shut()
    {
        listener.Dispose();
        listener = Bound(Port); // Lest the port be given to somebody else.
        while (connections.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    public void Open()
    {
        listener.Listen();
        _ = AcceptAsync(listener);
    }

    public void Dispose()
    {
        Shut();
        listener.Dispose();
    }

    private static Socket Bound(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task AcceptAsync(Socket open)
    {
        try
        {
            while (true)
            {
                TcpClient caller = new() { Client = await open.AcceptAsync() };
                TcpClient database = new();
                connections.Add(caller);
                connections.Add(database);
                if (listener != open)
                {
                    caller.Dispose(); // It came while this was being shut.
                    return;
                }

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
