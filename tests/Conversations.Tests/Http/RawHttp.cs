using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conversations.Tests.Http;

/// <summary>
/// Sends requests exactly as written, including those that HttpClient would correct or refuse. Each character of a
/// request is one byte, so that a test can send any bytes.
/// </summary>
internal static class RawHttp
{
    /// <summary>Sends one request with the credentials of the account.</summary>
    /// <param name="line">Method and target: GET /v1/Conversations.</param>
    public static async Task<Answer> SendAsync(Twilio twilio, string line, string? body = null, params string[] headers)
    {
        var authorization = twilio.Http.DefaultRequestHeaders.Authorization;
        return Read(
            await ExchangeAsync(
                twilio.Server.Address,
                Request(
                    $"{line} HTTP/1.1",
                    body,
                    [$"Host: {twilio.Server.Address.Authority}", $"Authorization: {authorization}", .. headers]
                )
            )
        );
    }

    public static string Request(string line, string? body = null, params IEnumerable<string> headers) =>
        string.Join(
            "\r\n",
            [
                line,
                "Connection: close",
                .. headers,
                .. body is null ? [] : new[] { $"Content-Length: {body.Length}" },
                "",
                body,
            ]
        );

    /// <summary>Returns everything that the server sends until it closes the connection.</summary>
    public static async Task<string> ExchangeAsync(Uri server, string bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server.Host, server.Port);
        var stream = client.GetStream();
        using MemoryStream received = new();
        var reading = stream.CopyToAsync(received);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        }
        catch (IOException)
        {
            // A server that refuses a request early may close the connection before it has received everything, but
            // after its answer.
        }

        try
        {
            await reading.WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (IOException) when (received.Length > 0)
        {
            // The same, while reading.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }

    public static Answer Read(string response)
    {
        var (head, body) = response.Split("\r\n\r\n", 2) switch
        {
            [var h, var b] => (h, b),
            _ => throw new InvalidOperationException($"No answer: '{response}'"),
        };
        var lines = head.Split("\r\n");
        using HttpResponseMessage message = new() { Content = new ByteArrayContent([]) };
        foreach (var pair in lines[1..].Select(line => line.Split(": ", 2)))
        {
            if (!message.Headers.TryAddWithoutValidation(pair[0], pair[^1]))
            {
                message.Content.Headers.TryAddWithoutValidation(pair[0], pair[^1]);
            }
        }

        var text = message.Headers.TransferEncodingChunked == true ? Joined(body) : body;
        return new(
            (HttpStatusCode)int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)),
            message.Headers,
            message.Content.Headers
        );
    }

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
}
