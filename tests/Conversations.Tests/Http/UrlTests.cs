using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

/// <summary>
/// The scheme, host and prefix of URLs in answers: those that the client used, or those that the operator configured.
/// </summary>
public sealed class UrlTests(UrlTests.TrustingServer trusting) : IClassFixture<UrlTests.TrustingServer>
{
    private const string Forwarded =
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: api.example.com\r\nX-Forwarded-Prefix: /twilio\r\n"
        + "X-Forwarded-For: 203.0.113.7";

    [Theory]
    [InlineData("Host: api.example.com", "http://api.example.com")]
    [InlineData("Host: api.example.com:8443", "http://api.example.com:8443")]
    [InlineData("Host: conversations.twilio.com", "http://conversations.twilio.com")]
    [InlineData("Host: [::1]:9", "http://[::1]:9")]
    [InlineData("Host: api.example.com\r\n" + Forwarded, "http://api.example.com")]
    [InlineData("Host: api.example.com\r\nForwarded: host=evil.example.com;proto=https", "http://api.example.com")]
    public async Task URLs_have_the_host_of_the_request_and_ignore_untrusted_forwarded_headers(
        string headers,
        string expected
    )
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        await AssertUrlsAsync(twilio, headers, expected);
    }

    [Theory]
    [InlineData("HTTP/1.0", null)]
    [InlineData("HTTP/1.1", "Host:")]
    public async Task URLs_have_the_called_address_when_the_request_has_no_host(string version, string? host)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        await AssertUrlsAsync(twilio, host, twilio.Server.Address.ToString().TrimEnd('/'), version);
    }

    [Fact]
    public async Task URLs_have_the_forwarded_values_of_a_trusted_proxy()
    {
        var twilio = await Twilio.NewAccountAsync(trusting.Server);

        await AssertUrlsAsync(twilio, "Host: internal:80\r\n" + Forwarded, "https://api.example.com/twilio");
        await AssertUrlsAsync(twilio, "Host: internal:80\r\nX-Forwarded-Proto: https", "https://internal:80");
        await AssertUrlsAsync(twilio, "Host: internal:80", "http://internal:80");
    }

    [Fact]
    public async Task An_answer_behind_an_https_proxy_enforces_https()
    {
        var twilio = await Twilio.NewAccountAsync(trusting.Server);

        var (secure, plain) = (
            await RawHttp.SendAsync(twilio, "GET /v1/Conversations", body: null, "X-Forwarded-Proto: https"),
            await twilio.GetAsync("/v1/Conversations")
        );

        Assert.Equal("max-age=31536000", Assert.Single(secure.Ok().Headers.GetValues("Strict-Transport-Security")));
        Assert.False(plain.Ok().Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("X-Forwarded-Host: a b")]
    [InlineData("X-Forwarded-Host: <script>")]
    [InlineData("X-Forwarded-Host: ,,")]
    [InlineData("X-Forwarded-Proto: java script")]
    [InlineData("X-Forwarded-Proto: javascript")]
    [InlineData("X-Forwarded-Proto: https, javascript")]
    [InlineData("X-Forwarded-Prefix: no-slash")]
    [InlineData("X-Forwarded-Prefix: /%zz")]
    [InlineData("X-Forwarded-For: rubbish")]
    [InlineData("X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\nX-Forwarded-Proto: https")]
    public async Task Invalid_values_of_a_trusted_proxy_are_ignored(string headers)
    {
        var twilio = await Twilio.NewAccountAsync(trusting.Server);

        var answer = await RawHttp.SendAsync(twilio, "GET /v1/Conversations", body: null, headers.Split("\r\n"));

        Assert.Matches("^https?://", (string?)answer.Ok().Body["meta"]!["url"]);
    }

    [Theory]
    [InlineData("127.0.0.1", "https://api.example.com/twilio")]
    [InlineData("203.0.113.7", "http://internal:80")]
    public async Task A_proxy_is_trusted_by_its_own_address(string trusted, string expected)
    {
        using var server = TestServer.With(
            ("TrustedProxies:0", "fd00::1"),
            ("TrustedProxies:1", "10.0.0.0/8"),
            ("TrustedProxies:2", trusted)
        );

        await AssertUrlsAsync(await Twilio.NewAccountAsync(server), "Host: internal:80\r\n" + Forwarded, expected);
    }

    [Theory]
    [InlineData("https://conversations.example.com/")]
    [InlineData("https://example.com:8443/twilio/api")]
    public async Task PublicUrl_overrides_the_host_and_headers_of_a_request(string publicUrl)
    {
        using var server = TestServer.With(("PublicUrl", publicUrl), ("TrustedProxies:0", "127.0.0.1"));

        var twilio = await Twilio.NewAccountAsync(server);
        await AssertUrlsAsync(twilio, "Host: internal:80\r\n" + Forwarded, publicUrl.TrimEnd('/'));
        await AssertUrlsAsync(twilio, "Host: internal:80\r\nX-Forwarded-Prefix: /v1", publicUrl.TrimEnd('/'));
    }

    [Fact]
    public async Task An_unknown_path_is_reported_without_the_prefix()
    {
        var twilio = await Twilio.NewAccountAsync(trusting.Server);

        (await RawHttp.SendAsync(twilio, "GET /v1/Conversations/nope", body: null, "X-Forwarded-Prefix: /twilio")).Is(
            TwilioErrors.NotFound("/Conversations/nope")
        );
    }

    // Every kind of URL, in both shapes: of a resource, in its links, and of pages.
    private static async Task AssertUrlsAsync(
        Twilio twilio,
        string? headers,
        string expected,
        string version = "HTTP/1.1"
    )
    {
        foreach (var shape in Enum.GetValues<Shape>())
        {
            var caller = twilio.In(shape);
            var path = caller.PathOf($"Conversations/{await caller.NewConversationAsync()}");
            await caller.PostAsync($"{path}/Participants", ("Identity", "alice"));
            await caller.PostAsync($"{path}/Participants", ("Identity", "bob"));

            var conversation = await FetchAsync(path);
            Assert.Equal(expected + path, conversation["url"]);
            Assert.Equal($"{expected}{path}/Participants", (string?)conversation.Body["links"]!["participants"]);
            var list = await FetchAsync($"{path}/Participants?PageSize=1");
            Assert.Equal($"{expected}{path}/Participants?PageSize=1&Page=0", (string?)list.Body["meta"]!["url"]);
            Assert.Equal(
                $"{expected}{path}/Participants?PageSize=1&Page=0",
                (string?)list.Body["meta"]!["first_page_url"]
            );
            Assert.StartsWith(
                $"{expected}{path}/Participants?PageSize=1&Page=1&PageToken=PT",
                (string?)list.Body["meta"]!["next_page_url"],
                StringComparison.Ordinal
            );
            Assert.StartsWith(
                $"{expected}{path}/Participants/MB",
                (string?)list.Body["participants"]![0]!["url"],
                StringComparison.Ordinal
            );
        }

        async Task<Answer> FetchAsync(string path)
        {
            var authorization = $"Authorization: {twilio.Http.DefaultRequestHeaders.Authorization}";
            var answer = await RawHttp.ExchangeAsync(
                twilio.Server.Address,
                RawHttp.Request(
                    $"GET {path} {version}",
                    body: null,
                    headers is null ? [authorization] : [headers, authorization]
                )
            );
            return RawHttp.Read(answer).Ok();
        }
    }

    /// <summary>A server that trusts the headers of a proxy on the loopback.</summary>
    public sealed class TrustingServer : IDisposable
    {
        public TestServer Server { get; } = TestServer.With(("TrustedProxies:0", "127.0.0.0/8"));

        public void Dispose() => Server.Dispose();
    }
}
