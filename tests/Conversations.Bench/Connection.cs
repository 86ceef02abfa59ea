using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conversations.Bench;

/// <summary>The bytes of one request. The next request overwrites them.</summary>
internal sealed class RequestBuffer
{
    private static readonly string Own = HeadersOf(Dataset.AuthToken);
    private static readonly string Wrong = HeadersOf("wrong");

    private readonly byte[] bytes = new byte[4096];
    private int length;

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    public void Get(string path) => Write("GET", "/v1/", path, Own);

    public void GetAt(string path) => Write("GET", "", path, Own);

    public void GetWithWrongToken(string path) => Write("GET", "/v1/", path, Wrong);

    public void Delete(string path) => Write("DELETE", "/v1/", path, Own);

    public void Post(string path, string form) => Post("/v1/", path, form);

    public void PostAt(string path, string form) => Post("", path, form);

    private void Post(string root, string path, string form)
    {
        Write("POST", root, path, Own);
        length -= 2;
        Append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
        Append(form.Length.ToString(CultureInfo.InvariantCulture));
        Append("\r\n\r\n");
        Append(form);
    }

    // All requests have the same Host, so that server and floor answer with the same URLs.
    private static string HeadersOf(string token) =>
        " HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic "
        + $"{Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Dataset.AccountSid}:{token}"))}\r\n\r\n";

    private void Write(string method, string root, string path, string headers)
    {
        length = 0;
        Append(method);
        Append(" ");
        Append(root);
        Append(path);
        Append(headers);
    }

    private void Append(string text) => length += Encoding.ASCII.GetBytes(text, bytes.AsSpan(length));
}

/// <summary>
/// A kept-alive connection that sends one request at a time and waits on the caller's thread. It understands only the
/// HTTP that Kestrel and Node.js write, with their spelling of headers, so that the load costs little compared with
/// the server.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = 30_000,
    };
    private byte[] received = new byte[1 << 16];
    private byte[] chunks = new byte[1 << 16];
    private int end;

    public Connection(int port) => socket.Connect(IPAddress.Loopback, port);

    /// <summary>Sends a request and reads the answer. The body is valid until the next call.</summary>
    public int Send(ReadOnlySpan<byte> request, out ReadOnlySpan<byte> body)
    {
        socket.Send(request);
        int head;
        for (end = 0; (head = received.AsSpan(0, end).IndexOf("\r\n\r\n"u8)) < 0; )
        {
            Receive();
        }

        var headers = received.AsSpan(0, head + 2);
        var status = Number(headers[9..12], NumberStyles.None);
        var from = head + 4;
        var at = headers.IndexOf("\r\nContent-Length: "u8);
        at = at < 0 ? headers.IndexOf("\r\ncontent-length: "u8) : at; // Node.js, when the application sets it.
        if (at >= 0)
        {
            var value = headers[(at + 18)..];
            var size = Number(value[..value.IndexOf("\r\n"u8)], NumberStyles.None);
            ReceiveUntil(from + size);
            body = received.AsSpan(from, size);
        }
        else
        {
            body = headers.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) >= 0 ? ReadChunks(from) : [];
        }

        return status;
    }

    public void Dispose() => socket.Dispose();

    private static int Number(ReadOnlySpan<byte> text, NumberStyles style) =>
        int.Parse(text, style, CultureInfo.InvariantCulture);

    private ReadOnlySpan<byte> ReadChunks(int from)
    {
        for (var length = 0; ; )
        {
            int line;
            while ((line = received.AsSpan(from, end - from).IndexOf("\r\n"u8)) < 0)
            {
                Receive();
            }

            var size = Number(received.AsSpan(from, line), NumberStyles.AllowHexSpecifier);
            from += line + 2;
            ReceiveUntil(from + size + 2);
            if (size == 0)
            {
                return chunks.AsSpan(0, length);
            }

            if (length + size > chunks.Length)
            {
                Array.Resize(ref chunks, (length + size) * 2);
            }

            received.AsSpan(from, size).CopyTo(chunks.AsSpan(length));
            (length, from) = (length + size, from + size + 2);
        }
    }

    private void ReceiveUntil(int wanted)
    {
        while (end < wanted)
        {
            Receive();
        }
    }

    private void Receive()
    {
        if (end == received.Length)
        {
            Array.Resize(ref received, end * 2);
        }

        var count = socket.Receive(received.AsSpan(end));
        end += count > 0 ? count : throw new IOException("The connection was closed.");
    }
}
