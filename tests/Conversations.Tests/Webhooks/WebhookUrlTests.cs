using System.Net.Sockets;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Webhooks;

/// <summary>The URLs that a webhook may have: each accepted one can be called.</summary>
public sealed class WebhookUrlTests
{
    private const int Count = 2000;

    private static readonly string[] Parts =
    [
        "a",
        "b",
        "-",
        "--",
        "xn--",
        "xn--mnchen-3ya",
        ".",
        "..",
        "_",
        "~",
        "!",
        "*",
        "'",
        ",",
        "%41",
        "%00",
        "%zz",
        "ä",
        "ß",
        "ẞ",
        "İ",
        "ı",
        "א",
        "١",
        "1",
        "\u200d",
        "\u202e",
        "\u00ad",
        "e\u0301",
        "\u0301",
        "💩",
        "\U0010FFFF",
        "。",
        "／",
        "⁄",
        "example.com",
        "127.1",
        "0x7f000001",
        "2130706433",
        "256.1.1.1",
        "[::1]",
        "[::1%25eth0]",
        "[::ffff:1.2.3.4]",
        "[v1.a]",
        "localhost",
    ];

    private static readonly string[] Suffixes =
    [
        "",
        "/",
        "/a?b=c",
        "/ä?ö=ü#ß",
        "?a",
        "#f",
        ":80/",
        ":0/",
        ":65535/",
        ":65536/",
        ":/",
        "/%zz",
        "/%",
        "/\\",
        "/\u0001",
        "/a b",
        "/💩",
        "/../..",
        "/[]{}|^`<>\"",
        "/?&&==",
    ];

    [Theory]
    [InlineData("http://abא.example/")]
    [InlineData("http://-ä.example/")]
    [InlineData("http://xn--ä.example/")]
    [InlineData("http://xn--9999999999.example/")]
    [InlineData("http://xn--.example/")]
    [InlineData("http://a.xn--80ak6aa92e-.example/")]
    [InlineData("http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example/")] // 64
    [InlineData("http://\u202e/")]
    [InlineData("http://a..example/")]
    [InlineData("http://./")]
    [InlineData("http://a.example:0/")]
    public async Task A_host_that_no_request_can_name_is_refused(string url)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        var conversation = await twilio.NewConversationAsync();

        (await twilio.PostAsync("/v1/Configuration/Webhooks", ("PostWebhookUrl", url))).Is(
            TwilioErrors.InvalidWebhookUrl
        );
        (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", url),
                ("Configuration.Filters", "onParticipantAdded")
            )
        ).Is(TwilioErrors.InvalidWebhookUrl);
    }

    [Fact]
    public async Task Each_accepted_URL_can_be_called()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        await using var receiver = await WebhookReceiver.StartAsync();
        using Clients clients = new(new Uri(receiver.Url()));
        WebhookClient client = new(
            clients,
            twilio.Server.Services.GetRequiredService<AccountDirectory>(),
            faults: [],
            observers: [],
            TimeProvider.System
        );
        Random random = new(20_261_128);
        var accepted = 0;
        List<string> failed = [];
        foreach (var url in Enumerable.Range(0, Count).Select(_ => NewUrl(random)))
        {
            var answer = await twilio.PostAsync("/v1/Configuration/Webhooks", ("PostWebhookUrl", url));
            if ((int)answer.Status == 400)
            {
                answer.Is(TwilioErrors.InvalidWebhookUrl);
                continue;
            }

            Assert.Equal(url, answer.Ok()["post_webhook_url"]);
            accepted++;
            if (await FailureAsync(client, twilio, url) is { } failure)
            {
                failed.Add($"{url}: {failure}");
            }
        }

        Assert.InRange(accepted, Count / 20, Count);
        Assert.True(failed is [], $"{failed.Count} of {accepted}:\n{string.Join('\n', failed)}");
    }

    private static string NewUrl(Random random) =>
        (random.Next(4) == 0 ? "https://" : "http://")
        + (random.Next(8) == 0 ? "user:p%40ss@" : "")
        + string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Parts[random.Next(Parts.Length)]))
        + Suffixes[random.Next(Suffixes.Length)];

    private static async Task<string?> FailureAsync(WebhookClient client, Twilio twilio, string url)
    {
        foreach (var method in new[] { "GET", "POST" })
        {
            try
            {
                var answer = await client.CallAsync(twilio.AccountSid, url, method, [new("a", "b")], default, default);
                if (answer.Failure is { } failure)
                {
                    return failure;
                }
            }
            catch (Exception exception)
            {
                return $"{exception.GetType().Name} {exception.Message}";
            }
        }

        return null;
    }

    /// <summary>Connects every host to one receiver, without TLS.</summary>
    private sealed class Clients(Uri receiver) : HttpMessageHandler, IHttpClientFactory
    {
        private readonly HttpMessageInvoker invoker = new(
            new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.Zero,
                ConnectCallback = async (_, cancellationToken) =>
                {
                    Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(receiver.Host, receiver.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        );

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            // The scheme only decides about TLS.
            request.RequestUri =
                request.RequestUri!.Scheme == Uri.UriSchemeHttp
                    ? request.RequestUri
                    : new UriBuilder(request.RequestUri) { Scheme = Uri.UriSchemeHttp }.Uri;
            return invoker.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            invoker.Dispose();
            base.Dispose(disposing);
        }
    }
}
