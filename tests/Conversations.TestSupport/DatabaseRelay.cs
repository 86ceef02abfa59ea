using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Conversations.TestSupport;

/// <summary>
/// A port of the loopback that leads to a database server, until it is shut. So a database goes away, hangs or slows down, and comes back, for
/// one server under test while others go on using it.
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

    /// <summary>How much later everything arrives, in either direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Lets nothing through and breaks nothing: as a host that froze. It still accepts connections.</summary>
    public void Hold() => passage = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets through what waited, and all that comes.</summary>
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
                    caller.Dispose(); // It came while this was being shut.
                    return;
                }

                _ = ConnectAsync(caller, database);
            }
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut.
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
            caller.Dispose(); // Nobody is there.
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
            // Shut, or one end hung up: then the other one has to, as well.
        }

        to.Dispose();
    }
}
