using System.Net;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Npgsql;

namespace Conversations.Tests.Http;

/// <summary>How a server starts and stops: the built program in its own process.</summary>
public sealed class StartupTests
{
    private const string OtherAccount = "AC0123456789abcdef0123456789abcdef";

    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    [Fact]
    public async Task A_server_in_Development_has_an_account_and_logs_start_up_hints()
    {
        await using var server = await ServerProcess.StartAsync();

        var account = await server.LineAsync("Built-in account");
        Assert.Contains(ServerProcess.AccountSid, account, StringComparison.Ordinal);
        Assert.Contains("IS00000000000000000000000000000001", account, StringComparison.Ordinal);
        Assert.Contains(
            $"Swagger UI: {server.Http.BaseAddress}swagger",
            await server.LineAsync("Swagger UI"),
            StringComparison.Ordinal
        );
        Assert.Contains(ServerProcess.AuthToken, account, StringComparison.Ordinal);
        Assert.Matches(
            @"INF\] Conversations \d+\.\d+\.\d+\S*, environment Development$",
            await server.LineAsync("] Conversations ")
        );
        Assert.EndsWith(
            $"Database: SQLite file {Path.Combine(server.Folder, "conversations.db")}",
            await server.LineAsync("Database"),
            StringComparison.Ordinal
        );

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
        Assert.Equal((HttpStatusCode.Redirect, "/console"), (start.Status, start.Headers.Location?.ToString()));
        Assert.Contains(
            "<title>Conversations API</title>",
            (await server.GetAsync("/swagger/index.html")).Ok().Text,
            StringComparison.Ordinal
        );
        Assert.NotNull(
            JsonNode.Parse((await server.GetAsync("/swagger/v1/swagger.json")).Ok().Text)!["paths"]![
                "/v1/Conversations/{ConversationSid}/Participants"
            ]
        );
    }

    [Fact]
    public async Task A_server_in_Production_has_the_accounts_and_API_keys_of_its_environment()
    {
        const string Key = "SK0123456789abcdef0123456789abcdef";
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [
                ("Accounts__0__Sid", OtherAccount),
                ("Accounts__0__AuthToken", "with:colon and ü"),
                ("Accounts__0__ApiKeys__0__Sid", Key),
                ("Accounts__0__ApiKeys__0__Secret", "the first secret"),
                ("Accounts__0__ApiKeys__1__Sid", Key.Replace('f', 'e')),
                ("Accounts__0__ApiKeys__1__Secret", "the second secret"),
                ("Accounts__1__Sid", ServerProcess.AccountSid),
                ("Accounts__1__AuthToken", "another long token"),
                ("ConnectionStrings__Sqlite", "Data Source=:memory:"),
            ],
            "--urls",
            "http://127.0.0.1:0"
        );
        Assert.EndsWith("environment Production", await server.LineAsync("] Conversations "), StringComparison.Ordinal);

        Assert.EndsWith(
            $"2 accounts, as configured: {OtherAccount}, {ServerProcess.AccountSid}",
            await server.LineAsync("as configured"),
            StringComparison.Ordinal
        );
        Assert.EndsWith("Database: SQLite in memory", await server.LineAsync("Database"), StringComparison.Ordinal);
        foreach (var text in new[] { "with:colon", "secret", "long token" })
        {
            Assert.DoesNotContain(text, server.Output, StringComparison.Ordinal);
        }

        foreach (
            var (user, password, account) in new[]
            {
                (OtherAccount, "with:colon and ü", OtherAccount),
                (Key, "the first secret", OtherAccount),
                (Key.Replace('f', 'e'), "the second secret", OtherAccount),
                (ServerProcess.AccountSid, "another long token", ServerProcess.AccountSid),
            }
        )
        {
            using var http = ServerProcess.NewClient(server.Http.BaseAddress!, user, password);
            Assert.Equal(
                account,
                (string?)JsonNode.Parse(await http.GetStringAsync("/v1/Configuration"))!["account_sid"]
            );
        }

        (await server.GetAsync("/v1/Conversations")).Is(TwilioErrors.Authenticate); // The token in README.
    }

    [Fact]
    public async Task A_SQLite_file_keeps_its_rows_when_the_server_is_killed_and_started_again()
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
        (string, string)[] database = postgres is null
            ? []
            : [("ConnectionStrings__Postgres", postgres.ConnectionString)];
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
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            ("ConnectionStrings__Sqlite", "Data Source=:memory:")
        );
        var conversation = (await server.PostAsync("/v1/Conversations")).Created()["sid"];

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i =>
                    i % 2 == 0
                        ? server.PostAsync($"/v1/Conversations/{conversation}/Participants", ("Identity", $"user{i}"))
                        : server.GetAsync($"/v1/Conversations/{conversation}/Participants?PageSize={i}")
                )
        );

        Assert.Equal([200, 201], answers.Select(answer => (int)answer.Status).Distinct().Order());
        Assert.Equal(
            50,
            (await server.GetAsync($"/v1/Conversations/{conversation}/Participants?PageSize=100")).Ok().Body[
                "participants"
            ]!
                .AsArray()
                .Count
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(server.Folder));
    }

    [NeedsPostgres]
    public async Task Two_servers_may_start_at_once_on_an_empty_or_missing_database()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var missing = new NpgsqlConnectionStringBuilder(postgres.ConnectionString)
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        };
        try
        {
            foreach (var database in new[] { postgres.ConnectionString, missing.ConnectionString })
            {
                var both = await Task.WhenAll(Start(database), Start(database));
                await using var one = both[0];
                await using var other = both[1];

                var conversation = (await one.PostAsync("/v1/Conversations")).Created()["sid"];
                (
                    await other.PostAsync($"/v1/Conversations/{conversation}/Participants", ("Identity", "alice"))
                ).Created();
                (await one.GetAsync($"/v1/Conversations/{conversation}/Participants/alice")).Ok();
                // The new conversation and the first one.
                Assert.Equal(2, (await one.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray().Count);
                Assert.Equal("Healthy", (await other.GetAsync("/health/ready")).Ok().Text);
            }
        }
        finally
        {
            await using NpgsqlConnection connection = new(postgres.ConnectionString);
            await connection.OpenAsync();
            await using NpgsqlCommand drop = new(
                $"DROP DATABASE IF EXISTS {missing.Database} WITH (FORCE)",
                connection
            );
            await drop.ExecuteNonQueryAsync();
        }

        static Task<ServerProcess> Start(string database) =>
            ServerProcess.StartAsync(folder: null, ("ConnectionStrings__Postgres", database));
    }

    [Theory]
    [InlineData("--help", "ConnectionStrings__Postgres", "Webhooks__TimeoutSeconds", "--urls", "webhooks resend [ID]")]
    [InlineData("-h", "Limits__RequestsPerSecond")]
    [InlineData("--version", "Conversations 1.")]
    public async Task Help_and_version_are_printed_with_any_configuration(string argument, params string[] texts)
    {
        var ended = await ServerProcess.EndAsync(folder: null, [("PublicUrl", "banana")], argument);

        Assert.Equal((0, ""), (ended.Code, ended.Errors));
        Assert.All(texts, text => Assert.Contains(text, ended.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://[::]:8080", "http://localhost:8080")]
    [InlineData("http://0.0.0.0:8080", "http://localhost:8080")]
    [InlineData("http://+:80", "http://localhost:80")]
    [InlineData("https://*:8443", "https://localhost:8443")]
    [InlineData("http://127.0.0.1:5001", "http://127.0.0.1:5001")]
    [InlineData("http://[::1]:5001", "http://[::1]:5001")]
    [InlineData("http://10.0.0.0:5001", "http://10.0.0.0:5001")]
    public void An_address_in_the_log_is_clickable(string address, string clickable) =>
        Assert.Equal(clickable, StartupLines.Clickable(address));

    [Fact]
    public async Task A_server_on_all_addresses_logs_localhost()
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [("ASPNETCORE_ENVIRONMENT", "Development")],
            "--urls",
            "http://0.0.0.0:0"
        );

        Assert.Contains("http://localhost:", await server.LineAsync("Now listening on"), StringComparison.Ordinal);
        Assert.Contains("http://localhost:", await server.LineAsync("Swagger UI"), StringComparison.Ordinal);
        (await server.GetAsync("/v1/Conversations")).Ok();
        Assert.DoesNotContain("0.0.0.0", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Content root", server.Output, StringComparison.Ordinal);
    }

    [NeedsPostgres]
    public async Task A_PostgreSQL_URL_and_the_bare_path_of_a_SQLite_file_are_connection_strings()
    {
        await using var postgres = await PostgresServer.StartAsync();
        NpgsqlConnectionStringBuilder settings = new(postgres.ConnectionString);
        var url =
            $"postgresql://{settings.Username}:{Uri.EscapeDataString(settings.Password ?? "p@ss/word")}@"
            + $"{settings.Host}:{settings.Port}/{settings.Database}?sslmode=prefer&connect_timeout=100";
        await using (var server = await ServerProcess.StartAsync(folder: null, ("ConnectionStrings__Postgres", url)))
        {
            Assert.EndsWith(
                $"Database: PostgreSQL at {settings.Host}:{settings.Port}, database {settings.Database}",
                await server.LineAsync("Database"),
                StringComparison.Ordinal
            );
            // No warning, for example about a missing library, comes before this line.
            Assert.Contains("] Conversations ", server.Output.Split('\n')[0], StringComparison.Ordinal);
            (await server.PostAsync("/v1/Conversations")).Created();
            Assert.Empty(Directory.EnumerateFileSystemEntries(server.Folder));
        }

        await using var onFile = await ServerProcess.StartAsync(folder: null, ("ConnectionStrings__Sqlite", "here.db"));
        (await onFile.PostAsync("/v1/Conversations")).Created();
        Assert.True(File.Exists(Path.Combine(onFile.Folder, "here.db")));
    }

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://localhost:8080", "--urls=")]
    [InlineData("http://127.0.0.1:5001", "--urls=http://127.0.0.1:5001")]
    [InlineData(null, "--http_ports=5002")]
    [InlineData(null, "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:5003")]
    public void A_server_listens_on_port_8080_of_localhost_by_default(string? urls, params string[] arguments)
    {
        // Tests only the configuration: binding the port would fail wherever a server already runs.
        var builder = WebApplication.CreateBuilder(arguments);
        foreach (
            var key in AddressKeys.Where(key =>
                !arguments.Any(argument => argument.Contains(key, StringComparison.Ordinal))
            )
        )
        {
            builder.Configuration[key] = null;
        }

        builder.UseDefaultAddress();

        Assert.Equal(urls, builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }
}
