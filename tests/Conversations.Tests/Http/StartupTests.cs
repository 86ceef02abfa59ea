using System.Net;
using System.Text.Json.Nodes;
using Conversations.Api;
using Conversations.Api.Http;
using Conversations.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Npgsql;

namespace Conversations.Tests.Http;

/// <summary>How a server starts and stops: the built program in a process of its own.</summary>
public sealed class StartupTests
{
    private const string OtherAccount = "AC0123456789abcdef0123456789abcdef";

    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    [Fact]
    public async Task In_Development_a_server_has_an_account_and_says_where_to_begin()
    {
        await using var server = await ServerProcess.StartAsync();

        var account = await server.LineAsync("Built-in account");
        Assert.Contains(ServerProcess.AccountSid, account, StringComparison.Ordinal);
        Assert.Contains("IS00000000000000000000000000000001", account, StringComparison.Ordinal);
        Assert.Contains($"Swagger UI: {server.Http.BaseAddress}swagger", await server.LineAsync("Swagger UI"), StringComparison.Ordinal);
        Assert.DoesNotContain(ServerProcess.AuthToken, server.Output, StringComparison.Ordinal);

        var conversation = (await server.PostAsync("/v1/Conversations", ("FriendlyName", "first"))).Created();
        Assert.Equal("IS00000000000000000000000000000001", conversation["chat_service_sid"]);
        Assert.Equal(ServerProcess.AccountSid, conversation["account_sid"]);
        Assert.True(File.Exists(Path.Combine(server.Folder, "conversations.db")));

        server.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            Assert.Equal("Healthy", (await server.GetAsync(path)).Ok().Text);
        }

        var start = await server.GetAsync("/");
        Assert.Equal((HttpStatusCode.Redirect, "/swagger"), (start.Status, start.Headers.Location?.ToString()));
        Assert.Contains("<title>Conversations API</title>", (await server.GetAsync("/swagger/index.html")).Ok().Text, StringComparison.Ordinal);
        Assert.NotNull(JsonNode.Parse((await server.GetAsync("/swagger/v1/swagger.json")).Ok().Text)!["paths"]!["/v1/Conversations/{ConversationSid}/Participants"]);
    }

    [Theory]
    [InlineData("No account is configured.")]
    [InlineData("Accounts__0__Sid must be AC and 32 hexadecimal digits.", "Accounts__0__Sid=AC1", "Accounts__0__AuthToken=secret")]
    [InlineData("Accounts__0__Sid must be AC and 32 hexadecimal digits.", "Accounts__0__AuthToken=secret")]
    [InlineData("Accounts__0__AuthToken is missing.", "Accounts__0__Sid=" + OtherAccount)]
    [InlineData("Accounts__0__AuthToken is the one printed in the README.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=" + ServerProcess.AuthToken)]
    [InlineData("Accounts__1__Sid must be AC and 32 hexadecimal digits.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Accounts__1__Sid=ACxyz", "Accounts__1__AuthToken=secret")]
    [InlineData("Two accounts or API keys have the same SID.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Accounts__1__Sid=" + OtherAccount, "Accounts__1__AuthToken=secret2")]
    [InlineData("Accounts__0__ApiKeys__0__Sid must be SK and 32 hexadecimal digits.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Accounts__0__ApiKeys__0__Secret=secret")]
    [InlineData("Accounts__0__ApiKeys__0__Secret is missing.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Accounts__0__ApiKeys__0__Sid=SK0123456789abcdef0123456789abcdef")]
    [InlineData("Accounts__0__ApiKeys__0__Secret is the token printed in the README.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Accounts__0__ApiKeys__0__Sid=SK0123456789abcdef0123456789abcdef", "Accounts__0__ApiKeys__0__Secret=" + ServerProcess.AuthToken)]
    [InlineData("TrustedProxies: 10.0.0.0/99 is neither an address nor a network", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "TrustedProxies__0=10.0.0.0/99")]
    [InlineData("Limits__RequestsPerSecond must be a number above 0.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Limits__RequestsPerSecond=0")]
    [InlineData("Limits__FailedAttemptsPerMinute must be a number above 0.", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "Limits__FailedAttemptsPerMinute=ten")]
    [InlineData("The database can't be used:", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "ConnectionStrings__Postgres=Host=127.0.0.1;Port=1;Username=x;Database=x")]
    [InlineData("ConnectionStrings__Postgres can't be read:", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "ConnectionStrings__Postgres=Host")]
    [InlineData("The database can't be used:", "Accounts__0__Sid=" + OtherAccount, "Accounts__0__AuthToken=secret", "ConnectionStrings__Sqlite=Data Source=/nowhere/conversations.db")]
    public async Task In_Production_a_server_does_not_start_with_settings_that_can_not_be_used(string sentence, params string[] environment)
    {
        var (code, output) = await ServerProcess.RunAsync([.. environment.Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);

        Assert.Equal(1, code);
        Assert.StartsWith(sentence, output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'));
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Production_a_server_has_the_accounts_and_API_keys_of_its_environment()
    {
        const string Key = "SK0123456789abcdef0123456789abcdef";
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [
                ("Accounts__0__Sid", OtherAccount), ("Accounts__0__AuthToken", "with:colon and ü"),
                ("Accounts__0__ApiKeys__0__Sid", Key), ("Accounts__0__ApiKeys__0__Secret", "one"),
                ("Accounts__0__ApiKeys__1__Sid", Key.Replace('f', 'e')), ("Accounts__0__ApiKeys__1__Secret", "two"),
                ("Accounts__1__Sid", ServerProcess.AccountSid), ("Accounts__1__AuthToken", "another"),
                ("ConnectionStrings__Sqlite", "Data Source=:memory:"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ]);

        Assert.Contains("2 accounts", await server.LineAsync("as configured"), StringComparison.Ordinal);
        foreach (var (user, password, account) in new[]
        {
            (OtherAccount, "with:colon and ü", OtherAccount), (Key, "one", OtherAccount), (Key.Replace('f', 'e'), "two", OtherAccount),
            (ServerProcess.AccountSid, "another", ServerProcess.AccountSid),
        })
        {
            using var http = ServerProcess.NewClient(server.Http.BaseAddress!, user, password);
            Assert.Equal(account, (string?)JsonNode.Parse(await http.GetStringAsync("/v1/Configuration"))!["account_sid"]);
        }

        (await server.GetAsync("/v1/Conversations")).Is(TwilioErrors.Authenticate); // README's token.
    }

    [Fact]
    public async Task A_file_keeps_what_was_stored_when_the_server_is_killed_and_started_again()
    {
        string conversation;
        await using var first = await ServerProcess.StartAsync();
        conversation = (await first.PostAsync("/v1/Conversations", ("FriendlyName", "kept"))).Created()["sid"];
        (await first.PostAsync($"/v1/Conversations/{conversation}/Participants", ("Identity", "alice"))).Created();
        await first.KillAsync();

        await using var second = await ServerProcess.StartAsync(first.Folder);

        Assert.Equal("kept", (await second.GetAsync($"/v1/Conversations/{conversation}")).Ok()["friendly_name"]);
        (await second.GetAsync($"/v1/Conversations/{conversation}/Participants/alice")).Ok();
    }

    [Theory]
    [OnEachStore]
    public async Task The_built_in_account_has_a_first_conversation_until_it_is_deleted(Store store)
    {
        const string Starter = "/v1/Conversations/my-first-conversation";
        await using var postgres = store == Store.Postgres ? await PostgresServer.StartAsync() : null;
        (string, string)[] database = postgres is null ? [] : [("ConnectionStrings__Postgres", postgres.ConnectionString)];
        await using var first = await ServerProcess.StartAsync(folder: null, database);

        var starter = (await first.GetAsync(Starter)).Ok();
        Assert.Equal("My first conversation", starter["friendly_name"]);
        Assert.Equal("active", starter["state"]);
        Assert.Equal("IS00000000000000000000000000000001", starter["chat_service_sid"]);
        Assert.Single((await first.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray());

        await using var second = await ServerProcess.StartAsync(first.Folder, database);
        Assert.Single((await second.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray());
        (await second.SendAsync(new(HttpMethod.Delete, Starter))).NoContent();

        await using var third = await ServerProcess.StartAsync(first.Folder, database);
        Assert.Empty((await third.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray());
    }

    [Fact]
    public async Task A_database_in_memory_takes_concurrent_requests_and_leaves_no_file()
    {
        await using var server = await ServerProcess.StartAsync(folder: null, ("ConnectionStrings__Sqlite", "Data Source=:memory:"));
        var conversation = (await server.PostAsync("/v1/Conversations")).Created()["sid"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => i % 2 == 0
            ? server.PostAsync($"/v1/Conversations/{conversation}/Participants", ("Identity", $"user{i}"))
            : server.GetAsync($"/v1/Conversations/{conversation}/Participants?PageSize={i}")));

        Assert.Equal([200, 201], answers.Select(answer => (int)answer.Status).Distinct().Order());
        Assert.Equal(50, (await server.GetAsync($"/v1/Conversations/{conversation}/Participants?PageSize=100")).Ok().Body["participants"]!.AsArray().Count);
        Assert.Empty(Directory.EnumerateFileSystemEntries(server.Folder));
    }

    [NeedsPostgres]
    public async Task Two_servers_may_start_at_once_on_a_database_that_is_empty_or_not_even_there()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var missing = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = $"conversations_{Guid.NewGuid():N}" };
        try
        {
            foreach (var database in new[] { postgres.ConnectionString, missing.ConnectionString })
            {
                var both = await Task.WhenAll(Start(database), Start(database));
                await using var one = both[0];
                await using var other = both[1];

                var conversation = (await one.PostAsync("/v1/Conversations")).Created()["sid"];
                (await other.PostAsync($"/v1/Conversations/{conversation}/Participants", ("Identity", "alice"))).Created();
                (await one.GetAsync($"/v1/Conversations/{conversation}/Participants/alice")).Ok();
                Assert.Equal(2, (await one.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray().Count); // And the first one.
                Assert.Equal("Healthy", (await other.GetAsync("/health/ready")).Ok().Text);
            }
        }
        finally
        {
            await using NpgsqlConnection connection = new(postgres.ConnectionString);
            await connection.OpenAsync();
            await using NpgsqlCommand drop = new($"DROP DATABASE IF EXISTS {missing.Database} WITH (FORCE)", connection);
            await drop.ExecuteNonQueryAsync();
        }

        static Task<ServerProcess> Start(string database) => ServerProcess.StartAsync(folder: null, ("ConnectionStrings__Postgres", database));
    }

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://127.0.0.1:5001", "--urls=http://127.0.0.1:5001")]
    [InlineData(null, "--http_ports=5002")]
    [InlineData(null, "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:5003")]
    public void Without_another_address_a_server_listens_on_port_8080_of_localhost(string? urls, params string[] arguments)
    {
        // By configuration alone: a test that bound the port would fail wherever a server runs.
        var builder = WebApplication.CreateBuilder(arguments);
        foreach (var key in AddressKeys.Where(key => !arguments.Any(argument => argument.Contains(key, StringComparison.Ordinal))))
        {
            builder.Configuration[key] = null;
        }

        builder.UseDefaultAddress();

        Assert.Equal(urls, builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }
}
