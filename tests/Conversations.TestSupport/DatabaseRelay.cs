using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Conversations.TestSupport;

/// <summary>
/// A loopback port that forwards to a database server until it is shut. With it, the database of one server under test
/// becomes unavailable, hangs or slows down, and comes back, while other tests go on using it.
/// </summary>
internal sealed class DatabaseRelay : IDisposable
{
    private readonly string host;
    private readonly int port;
    private readonly ConcurrentBag<TcpClient> connections = [];
    private volatile Socket listener = Bound(0);
    private TaskCompletionSource passage = new();

    public DatabaseRelay(string host, int port)
    {
        (this.host, this.port) = (host, port);
        passage.SetResult();
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Open();
    }

    public int Port { get; }

    /// <summary>Breaks the open connections and refuses new ones.</summary>
    public void Shut()
    {
        listener.Dispose();
        listener = Bound(Port); // Keeps the port from other processes.
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

    /// <summary>The delay of everything that arrives, in either direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>
    /// Holds all data back and breaks no connection, as a frozen host does. New connections are still accepted.
    /// </summary>
    public void Hold() => passage = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Forwards the data that was held back, and all later data.</summary>
    public void Release() => passage.TrySetResult();

    public void Dispose()
    {
        Shut();
        Release();
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
                    caller.Dispose(); // The connection arrived during Shut.
                    return;
                }

                _ = ConnectAsync(caller, database);
            }
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut closed the socket.
        }
    }

    private async Task ConnectAsync(TcpClient caller, TcpClient database)
    {
        try
        {
            await database.ConnectAsync(host, port);
            _ = CopyAsync(caller, database);
            _ = CopyAsync(database, caller);
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            caller.Dispose(); // The database does not listen.
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0; )
            {
                await passage.Task;
                if (Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay);
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The relay is shut or one end closed its connection. The other end is closed, too.
        }

        to.Dispose();
    }
}
