using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Conversations.Faults.Tenants;

/// <summary>
/// A client that is slow but as fast as operations.md asks gets its answer: the timeout of a request is for the
/// database and the webhooks.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SlowClientTests
{
    // The timeout of a request is the sum.
    private static readonly (string, string)[] ShortTimeouts =
    [
        ("Limits:DatabaseSeconds", "1"),
        ("Webhooks:TimeoutSeconds", "1"),
    ];

    private static readonly TimeSpan LongerThanTheTimeout = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_body_may_take_longer_than_the_timeout_of_a_request()
    {
        using var server = TestServer.With(ShortTimeouts);
        var twilio = await Twilio.NewAccountAsync(server);
        var body = $"FriendlyName=slow&Attributes=%7B%22a%22%3A%22{new string('a', 4000)}%22%7D";
        using var client = await SendAsync(
            twilio,
            $"POST /v1/Conversations HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + $"Content-Length: {body.Length}"
        );

        var stream = client.GetStream();
        var started = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < body.Length; )
        {
            var due = body.Length * (Stopwatch.GetElapsedTime(started) / LongerThanTheTimeout);
            var next = Math.Min(body.Length, (int)due);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(body[sent..next]));
            sent = next;
            await Task.Delay(50);
        }

        using StreamReader answer = new(stream);
        Assert.Equal("HTTP/1.1 201 Created", await answer.ReadLineAsync());
    }

    private static async Task<TcpClient> SendAsync(Twilio twilio, string head)
    {
        TcpClient client = new();
        await client.ConnectAsync(twilio.Server.Address.Host, twilio.Server.Address.Port);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"{head}\r\nHost: localhost\r\nConnection: close\r\n"
                        + $"Authorization: {twilio.Http.DefaultRequestHeaders.Authorization}\r\n\r\n"
                )
            );
        return client;
    }
}
