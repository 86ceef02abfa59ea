using System.Net;
using Conversations.Api.Errors;
using Conversations.Tests.Http;

namespace Conversations.Tests.Security;

/// <summary>A web page can't use the built-in account, whose token everybody knows.</summary>
public sealed class HostFilterTests
{
    private static readonly (string, string)[] InMemory = [("ConnectionStrings__Sqlite", "Data Source=:memory:")];

    [Fact]
    public async Task The_built_in_account_answers_this_machine_and_its_pages_alone()
    {
        await using var server = await ServerProcess.StartAsync(folder: null, InMemory);
        var port = server.Http.BaseAddress!.Port;

        foreach (var host in new[] { "localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.1.2.3", "[::1]" })
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, $"{host}:{port}", origin: null));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, host, $"https://{host}:3000"));
        }

        string[] strangers =
        [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "192.168.77.1",
            "169.254.169.254",
            "conversations",
        ];
        foreach (var stranger in strangers)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(server, $"{stranger}:{port}", origin: null));
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(server, $"localhost:{port}", $"http://{stranger}"));
        }

        foreach (var origin in new[] { "null", "file://", "chrome-extension://localhosts", "rubbish", "" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(server, $"localhost:{port}", origin));
        }

        Assert.Matches(" INF].* RQ[0-9a-f]{32}$", await server.LineAsync(" 403 20403 Forbidden: the Host "));
        Assert.Contains(" INF]", await server.LineAsync(" 403 20403 Forbidden: with the built-in account "));
        Assert.DoesNotContain("evil.example", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_an_error_of_Twilios_form_that_no_page_can_read()
    {
        await using var server = await ServerProcess.StartAsync(folder: null, InMemory);

        var host = await SendAsync(server, HttpMethod.Get, "evil.example", origin: null);
        host.Is(TwilioErrors.HostNotAllowed);
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Options, HttpMethod.Delete })
        {
            var origin = await SendAsync(server, method, "localhost", "https://evil.example");
            origin.Is(TwilioErrors.OriginNotAllowed);
            Assert.False(origin.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task AllowedHosts_adds_names_to_the_local_ones()
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [("AllowedHosts", "conversations; *.example.com"), .. InMemory]
        );

        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "conversations:8080", origin: null));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "conversations", "http://conversations:3000"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "api.example.com", "https://web.example.com"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "localhost", origin: null));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(server, "evil.example", origin: null));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(server, "localhost", "http://evil.example"));
    }

    [Fact]
    public async Task Every_host_may_be_allowed_and_no_origin_with_it()
    {
        await using var server = await ServerProcess.StartAsync(folder: null, [("AllowedHosts", "*"), .. InMemory]);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "any.example", origin: null));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(server, "any.example", "http://evil.example"));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("api.example.com", HttpStatusCode.Forbidden)]
    public async Task With_accounts_of_its_own_a_server_has_the_hosts_that_AllowedHosts_names_or_any(
        string? allowed,
        HttpStatusCode expected
    )
    {
        using var server = TestServer.With(("AllowedHosts", allowed ?? ""));
        var twilio = await Twilio.NewAccountAsync(server);

        Assert.Equal("Healthy", await new HttpClient { BaseAddress = server.Address }.GetStringAsync("/health/ready"));
        foreach (var headers in new[] { "Host: api.example.com\r\nOrigin: https://web.example", "Host: other.example" })
        {
            string[] all =
            [
                .. headers.Split("\r\n"),
                $"Authorization: {twilio.Http.DefaultRequestHeaders.Authorization}",
            ];
            var request = RawHttp.Request("GET /v1/Conversations HTTP/1.1", body: null, all);
            var answer = RawHttp.Read(await RawHttp.ExchangeAsync(server.Address, request));
            Assert.Equal(
                headers.Contains("api.", StringComparison.Ordinal) ? HttpStatusCode.OK : expected,
                answer.Status
            );
        }
    }

    [Fact]
    public async Task A_webhook_to_another_machine_fails_with_the_reason_in_the_log()
    {
        await using var server = await ServerProcess.StartAsync(folder: null, InMemory);
        (
            await server.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PreWebhookUrl", "http://192.0.2.77:9/"),
                ("Filters", "onConversationAdd")
            )
        ).Ok();
        server.Http.DefaultRequestHeaders.Add("X-Twilio-Webhook-Enabled", "true");

        (await server.PostAsync("/v1/Conversations", ("FriendlyName", "made"))).Created();

        await server.LineAsync("the built-in account calls only this machine");
    }

    private static async Task<HttpStatusCode> AskAsync(ServerProcess server, string host, string? origin)
    {
        var page = await SendAsync(server, HttpMethod.Get, host, origin, "/swagger/v1/swagger.json");
        var api = await SendAsync(server, HttpMethod.Get, host, origin);
        Assert.Equal(page.Status, api.Status);
        return api.Status;
    }

    private static async Task<Answer> SendAsync(
        ServerProcess server,
        HttpMethod method,
        string host,
        string? origin,
        string path = "/v1/Conversations"
    )
    {
        List<string> headers = [$"Host: {host}", $"Authorization: {server.Http.DefaultRequestHeaders.Authorization}"];
        if (origin is not null)
        {
            headers.Add($"Origin: {origin}");
        }

        var request = RawHttp.Request($"{method} {path} HTTP/1.1", body: null, [.. headers]);
        return RawHttp.Read(await RawHttp.ExchangeAsync(server.Http.BaseAddress!, request));
    }
}
