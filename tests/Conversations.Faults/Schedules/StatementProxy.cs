using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Conversations.Faults.Schedules;

/// <summary>
/// A loopback port that forwards to PostgreSQL. While it holds, each statement of a client (the messages up to a Sync,
/// or a simple query) waits until it is released. BEGIN passes at once, because it does nothing alone.
/// </summary>
internal sealed class StatementProxy : IDisposable
{
    private readonly string host;
    private readonly int port;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<HeldStatement> held = Channel.CreateUnbounded<HeldStatement>();

    public StatementProxy(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public volatile bool Holds;

    /// <summary>The statements that wait, in the order in which they came.</summary>
    public ChannelReader<HeldStatement> Held => held.Reader;

    public void Dispose()
    {
        Holds = false;
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ConnectAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        using TcpClient database = new();
        using (client)
        {
            client.NoDelay = database.NoDelay = true;
            try
            {
                await database.ConnectAsync(host, port);
                await Task.WhenAny(
                    ReadAsync(client.GetStream(), database.GetStream()),
                    database.GetStream().CopyToAsync(client.GetStream())
                );
            }
            catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
            {
                // One end hung up.
            }
        }
    }

    // The first message has no type. The others have one byte of type, four of length (itself included), and content.
    private async Task ReadAsync(NetworkStream client, NetworkStream database)
    {
        var length = new byte[5];
        await client.ReadExactlyAsync(length.AsMemory(0, 4));
        var startup = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await client.ReadExactlyAsync(startup);
        await database.WriteAsync((byte[])[.. length[..4], .. startup]);

        using MemoryStream group = new();
        StringBuilder sql = new();
        OpenTransaction? transaction = null;
        while (true)
        {
            await client.ReadExactlyAsync(length);
            var content = new byte[BinaryPrimitives.ReadInt32BigEndian(length.AsSpan(1)) - 4];
            await client.ReadExactlyAsync(content);
            group.Write(length);
            group.Write(content);
            sql.Append(TextOf((char)length[0], content));
            if ((char)length[0] is 'P' or 'B' or 'D' or 'E' or 'C')
            {
                continue;
            }

            var text = sql.ToString();
            if (text.StartsWith("BEGIN", StringComparison.Ordinal))
            {
                transaction = new(IsSnapshot: text.Contains("REPEATABLE READ", StringComparison.Ordinal), []);
            }
            else if (text.Length > 0)
            {
                if (Holds)
                {
                    HeldStatement statement = new(text, transaction);
                    held.Writer.TryWrite(statement);
                    await statement.Released;
                }

                transaction?.Statements.Add(text);
                transaction = text is "COMMIT" or "ROLLBACK" ? null : transaction;
            }

            await database.WriteAsync(group.ToArray());
            group.SetLength(0);
            sql.Clear();
        }
    }

    private static string TextOf(char type, byte[] content) =>
        type switch
        {
            'Q' => Encoding.UTF8.GetString(content).TrimEnd('\0'),
            'P' => Encoding.UTF8.GetString(content).Split('\0')[1] + ";",
            _ => "",
        };
}

/// <summary>A statement that a server sent and that has not reached PostgreSQL yet.</summary>
/// <param name="transaction">The one that it belongs to; null when it is one of its own.</param>
internal sealed class HeldStatement(string sql, OpenTransaction? transaction)
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Sql { get; } = sql;

    public OpenTransaction? Transaction { get; } = transaction;

    public Task Released => released.Task;

    public void Release() => released.SetResult();
}

/// <summary>A transaction that a server began.</summary>
/// <param name="IsSnapshot">Whether all its statements see the state of the first one.</param>
/// <param name="Statements">The texts of those that have passed.</param>
internal sealed record OpenTransaction(bool IsSnapshot, List<string> Statements);
