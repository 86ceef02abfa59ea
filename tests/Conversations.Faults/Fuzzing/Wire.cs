using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Conversations.Faults.Fuzzing;

/// <summary>Consecutive connections to a server that carry any bytes.</summary>
public sealed class Wire(Uri server) : IDisposable
{
    // Only a hanging server takes this long.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(120);

    private TcpClient? client;

    public async Task<FuzzAnswer> SendAsync(FuzzRequest request)
    {
        var isNew = client is null;
        try
        {
            return await ExchangeAsync(request).WaitAsync(MaxWait);
        }
        catch (IOException) when (!isNew || request.MayHangUp)
        {
            // The server may have closed the idle connection.
            Dispose();
            return request.MayHangUp ? new(0, "", "") : await ExchangeAsync(request).WaitAsync(MaxWait);
        }
    }

    public void Dispose()
    {
        client?.Dispose();
        client = null;
    }

    private async Task<FuzzAnswer> ExchangeAsync(FuzzRequest request)
    {
        if (client is null)
        {
            client = new() { NoDelay = true };
            await client.ConnectAsync(server.Host, server.Port);
        }

        var stream = client.GetStream();
        await WriteAsync(stream, request);
        var answer = await ReadAsync(stream, isBodyless: request.Method == "HEAD", request.MayHangUp);
        if (
            !request.IsWhole
            || answer.Status is 0 or >= 400 and not (404 or 409)
            || answer.Head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase)
        )
        {
            Dispose();
        }

        return answer;
    }

    private async Task WriteAsync(NetworkStream stream, FuzzRequest request)
    {
        var bytes = Encoding.Latin1.GetBytes(request.Text);
        try
        {
            foreach (var part in bytes.Chunk(Math.Max(1, bytes.Length / (request.Pauses + 1))))
            {
                await stream.WriteAsync(part);
                await Task.Delay(request.Pauses > 0 ? 5 : 0);
            }

            if (!request.IsWhole)
            {
                client!.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // A server that rejects a request early may close the connection before it has received everything. Its
            // answer can still be read.
        }
    }

    private static async Task<FuzzAnswer> ReadAsync(NetworkStream stream, bool isBodyless, bool mayHangUp)
    {
        StringBuilder received = new();
        var buffer = new byte[16_384];
        while (true)
        {
            if (Parsed(received.ToString(), isBodyless, isClosed: false) is { } answer)
            {
                return answer;
            }

            var count = await stream.ReadAsync(buffer);
            if (count == 0)
            {
                return Parsed(received.ToString(), isBodyless, isClosed: true)
                    ?? (
                        mayHangUp
                            ? new(0, "", "")
                            : throw new IOException($"The server closed the connection after '{received}'.")
                    );
            }

            received.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }

    // Null while the answer is incomplete.
    private static FuzzAnswer? Parsed(string text, bool isBodyless, bool isClosed)
    {
        if (text.Split("\r\n\r\n", 2) is not [var head, var rest])
        {
            return null;
        }

        var status = int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture);
        if (status == 100)
        {
            return Parsed(rest, isBodyless, isClosed);
        }

        if (isBodyless || status is 204 or 304)
        {
            return new(status, head, "");
        }

        if (Header(head, "Content-Length") is { } length)
        {
            return rest.Length >= int.Parse(length, CultureInfo.InvariantCulture)
                ? new(status, head, Utf8(rest))
                : null;
        }

        // In HTTP/1.0 the end of the connection ends an answer.
        return Header(head, "Transfer-Encoding") is null ? (isClosed ? new(status, head, Utf8(rest)) : null)
            : rest.EndsWith("0\r\n\r\n", StringComparison.Ordinal) ? new(status, head, Utf8(Joined(rest)))
            : null;
    }

    private static string? Header(string head, string name) =>
        head.Split("\r\n")
            .Skip(1)
            .Select(line => line.Split(": ", 2))
            .FirstOrDefault(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))
            ?[^1];

    private static string Joined(string chunks)
    {
        StringBuilder text = new();
        while (
            chunks.Split("\r\n", 2) is [var size, var rest]
            && int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var length and > 0
        )
        {
            text.Append(rest, 0, length);
            chunks = rest[(length + 2)..];
        }

        return text.ToString();
    }

    private static string Utf8(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
