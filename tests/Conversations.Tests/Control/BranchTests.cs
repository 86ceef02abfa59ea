using System.Net;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Conversations.Tests.Control;

/// <summary>What holds for every path of /control: credentials, errors, headers, and where it is off.</summary>
public sealed class BranchTests
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    private const string Token = "another-token-of-32-letters-0000";

    private static readonly (string, string)[] InProduction =
    [
        ("environment", "Production"),
        ("Accounts:0:Sid", Sid),
        ("Accounts:0:AuthToken", Token),
    ];

    [Fact]
    public async Task Every_path_is_404_in_Production_and_nothing_creates_an_account()
    {
        using var server = TestServer.With(InProduction);
        using var client = ControlClient.Of(server, Sid, Token);

        foreach (var path in new[] { "/control", "/control/accounts", "/swagger/control/swagger.json" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync(path)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"/control/accounts/{Sid}")).Status);
    }

    [Fact]
    public async Task Control_Enabled_turns_it_on_in_Production_but_callers_need_credentials()
    {
        using var server = TestServer.With([.. InProduction, ("Control:Enabled", "true")]);
        using var client = ControlClient.Of(server, Sid, Token);
        using HttpClient anyone = new() { BaseAddress = server.Address };

        Assert.Equal(HttpStatusCode.Conflict, (await client.DeleteAsync($"/control/accounts/{Sid}")).Status);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await anyone.PostAsync("/control/accounts", content: null)).StatusCode
        );
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync("/control/accounts/1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/control/accounts")).Status);
    }

    [Fact]
    public async Task Control_Enabled_turns_it_off_in_Development()
    {
        using var server = TestServer.With(("Control:Enabled", "false"));
        using HttpClient anyone = new() { BaseAddress = server.Address };

        Assert.Equal(HttpStatusCode.NotFound, (await anyone.PostAsync("/control/accounts", content: null)).StatusCode);
    }

    [Theory]
    [InlineData(null, null, 401, "20003")]
    [InlineData("ACffffffffffffffffffffffffffffffff", "token", 401, "20003")]
    [InlineData("OWN", "wrong", 401, "20003")]
    [InlineData("OWN", "TOKEN", 404, null)]
    public async Task Errors_are_problem_details(string? user, string? password, int status, string? code)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        using var http = user is null
            ? new HttpClient { BaseAddress = client.Server.Address }
            : Twilio.NewClient(
                client.Server,
                user == "OWN" ? client.AccountSid : user,
                password == "TOKEN" ? client.AuthToken : password!
            );
        http.DefaultRequestHeaders.Add("Accept", "text/html");

        using var response = await http.GetAsync("/control/nowhere");

        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((status, status), ((int)response.StatusCode, (int)problem["status"]!));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem["code"]?.ToString());
        Assert.NotNull(problem["title"]);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Twilio-Request-Id"));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 201)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://localhost:3000", 201)]
    public async Task Pages_of_other_sites_create_no_account(string header, string value, int status)
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using HttpClient page = new() { BaseAddress = server.Address };
        page.DefaultRequestHeaders.Add(header, value);

        Assert.Equal(status, (int)(await page.PostAsync("/control/accounts", content: null)).StatusCode);
    }

    [Fact]
    public async Task A_cross_site_request_is_refused_with_valid_credentials()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        client.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await client.DeleteAsync($"/control/accounts/{client.AccountSid}")).Status
        );
        client.Http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        Assert.Empty(await client.ConversationsAsync());
    }

    [Fact]
    public async Task The_document_is_valid_OpenAPI_and_describes_every_operation()
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using HttpClient http = new() { BaseAddress = server.Address };
        var json = await http.GetStringAsync("/swagger/control/swagger.json");
        var (document, diagnostic) = OpenApiDocument.Parse(json, "json");

        Assert.Empty(diagnostic!.Errors);
        var operations = document!.Paths.SelectMany(path => path.Value.Operations!.Values).ToList();
        Assert.NotEmpty(operations);
        Assert.All(operations, operation => Assert.False(string.IsNullOrEmpty(operation.Summary)));
        Assert.All(operations, operation => Assert.False(string.IsNullOrEmpty(operation.OperationId)));
        Assert.All(document.Paths.Keys, path => Assert.StartsWith("/control/", path, StringComparison.Ordinal));
        Assert.DoesNotContain(
            "/control",
            await http.GetStringAsync("/swagger/v1/swagger.json"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_log_says_that_it_is_on()
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            ("ConnectionStrings__Sqlite", "Data Source=:memory:")
        );

        Assert.Contains("/control is on", await server.LineAsync("/control"), StringComparison.Ordinal);
    }
}
