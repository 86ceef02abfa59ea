using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conversations.Api.Conversations;
using Npgsql;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>Several servers share a PostgreSQL, restart one by one, and follow it to its standby.</summary>
public sealed class SeveralServersTests(ITestOutputHelper output)
{
    // The number of writes of a load.
    private static readonly int Writes = Rounds.Of(200, 20_000);

    private static readonly int Restarts = Rounds.Of(1, 5);

    [NeedsOwnPostgres]
    public async Task Three_servers_that_start_together_and_restart_one_by_one_keep_every_rule_and_lose_no_request()
    {
        var database = await OwnPostgres.NewDatabaseAsync();
        var servers = await Servers.StartAsync(3, database, databaseSeconds: 50);
        Ledger ledger = new();
        await using Writers writers = new(() => servers.Http, ledger);
        writers.Start();
        // By then every writer has its connections. A connection that is being opened while its server ends is lost.
        await writers.DoneAsync(Writes / 2);
        for (var round = 0; round < Restarts; round++)
        {
            Assert.Equal([0, 0, 0], await servers.RestartAsync());
        }

        await writers.DoneAsync(Writes);
        await writers.StopAsync();
        await servers.StopAsync();

        Assert.Empty(writers.Failures);
        Assert.True(!writers.Unknown.Any(), $"{string.Join('\n', writers.Unknown)}\nlongest answer {writers.Slowest}");
        await CheckAsync(database, ledger);
        output.WriteLine(
            $"{Restarts * 3} restarts: {ledger.Count(Outcome.Done)} writes acknowledged, "
                + $"{ledger.Count(Outcome.Refused)} refused, none lost; longest answer "
                + $"{writers.Slowest.TotalSeconds:0.00} s"
        );
    }

    [NeedsOwnPostgres]
    public async Task A_server_that_receives_SIGTERM_finishes_requests_in_progress_and_accepts_no_new_ones()
    {
        var database = await OwnPostgres.NewDatabaseAsync();
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            ("ConnectionStrings__Postgres", database)
        );
        await using NpgsqlConnection other = new(
            new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString
        );
        await other.OpenAsync();
        await ExecuteAsync(other, "BEGIN; LOCK TABLE conversations IN EXCLUSIVE MODE");
        var underWay = server.PostAsync("/v1/Conversations", ("UniqueName", "under-way"));
        await UntilAsync(async () =>
            await ExecuteAsync(other, "SELECT count(*) FROM pg_locks WHERE NOT granted") is > 0L
        );

        var end = server.TerminateAsync();
        await UntilAsync(() => IsRefusedAsync(server.Http.BaseAddress!));
        // Longer than the keep-alive of idle connections. Only the request keeps the server from ending.
        await Task.Delay(3_000);
        Assert.False(end.IsCompleted);
        await ExecuteAsync(other, "COMMIT");

        (await underWay).Created();
        Assert.Equal(0, await end);
        Assert.Equal(
            "under-way",
            await ExecuteAsync(
                other,
                $"SELECT unique_name FROM conversations WHERE unique_name <> '{StarterConversation.UniqueName}'"
            )
        );
    }

    [Fact]
    public async Task A_client_that_connected_before_SIGTERM_still_gets_an_answer()
    {
        await using var server = await ServerProcess.StartAsync();
        using TcpClient early = new();
        await early.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        // The server has accepted the connection by then; no event shows it.
        await Task.Delay(200);

        var end = server.TerminateAsync();
        await UntilAsync(() => IsRefusedAsync(server.Http.BaseAddress));
        await using var wire = early.GetStream();
        await wire.WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        using StreamReader answer = new(wire);
        var text = await answer.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", text, StringComparison.Ordinal);
        Assert.Equal(0, await end);
    }

    [NeedsStandby]
    public async Task Servers_follow_the_promoted_standby_and_lose_no_acknowledged_write_when_the_primary_dies()
    {
        List<TimeSpan> followed = [];
        for (var round = 0; round < Rounds.Of(1, 5); round++)
        {
            await using var primary = await PostgresServer.StartOwnAsync();
            await using var standby = await StartSynchronousStandbyAsync(primary);
            var servers = await Servers.StartAsync(2, Both(primary, standby), databaseSeconds: 10);
            Ledger ledger = new();
            await using Writers writers = new(() => servers.Http, ledger);
            writers.Start();
            await writers.DoneAsync(Writes / 5);

            await primary.KillAsync();
            await standby.PromoteAsync();
            var promoted = Stopwatch.GetTimestamp();
            await writers.DoneAsync(1);
            followed.Add(Stopwatch.GetElapsedTime(promoted));
            await writers.DoneAsync(Writes / 10);
            await writers.StopAsync();
            await servers.StopAsync();

            Assert.Empty(writers.Failures);
            await CheckAsync(standby.ConnectionString, ledger);
            output.WriteLine(
                $"{ledger.Count(Outcome.Done)} writes acknowledged, {ledger.Count(Outcome.Unknown)} unknown, "
                    + $"longest answer {writers.Slowest.TotalSeconds:0.00} s"
            );
        }

        Assert.All(followed, time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        output.WriteLine($"followed after {string.Join(", ", followed.Select(time => $"{time.TotalSeconds:0.00}"))} s");
    }

    /// <summary>
    /// PostgreSQL reports a commit as done that was cancelled while it waited for its standby. The server must not
    /// acknowledge it.
    /// </summary>
    [NeedsStandby]
    public async Task A_write_without_confirmation_by_the_synchronous_standby_is_not_acknowledged()
    {
        await using var primary = await PostgresServer.StartOwnAsync();
        await using var standby = await StartSynchronousStandbyAsync(primary);
        var servers = await Servers.StartAsync(1, Both(primary, standby), databaseSeconds: 2);
        using (var before = await servers.Http.PostAsync("/v1/Conversations", null))
        {
            Assert.Equal(HttpStatusCode.Created, before.StatusCode);
        }

        await standby.KillAsync();
        foreach (
            var (path, content) in new (string, FormUrlEncodedContent?)[]
            {
                ("/v1/Conversations", null),
                ("/v1/Users", new([new("Identity", "alice")])),
            }
        )
        {
            using var unconfirmed = await servers.Http.PostAsync(path, content);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, unconfirmed.StatusCode);
        }

        await standby.StartAgainAsync();
        using (var after = await servers.Http.PostAsync("/v1/Conversations", null))
        {
            Assert.Equal(HttpStatusCode.Created, after.StatusCode);
        }

        await servers.StopAsync();
    }

    private static async Task<PostgresServer> StartSynchronousStandbyAsync(PostgresServer primary)
    {
        var standby = await primary.StartStandbyAsync();
        await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
        await primary.ExecuteAsync("SELECT pg_reload_conf()");
        await using NpgsqlConnection connection = new(primary.ConnectionString);
        await connection.OpenAsync();
        await UntilAsync(async () =>
            await ExecuteAsync(connection, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") is 1L
        );
        return standby;
    }

    // The standby comes first, so that a client that takes any answering host takes the wrong one.
    private static string Both(PostgresServer primary, PostgresServer standby) =>
        $"Host={standby.Host}:{standby.Port},{primary.Host}:{primary.Port};Username=postgres;"
        + $"Database={new NpgsqlConnectionStringBuilder(primary.ConnectionString).Database}";

    private static async Task CheckAsync(string database, Ledger ledger)
    {
        var rows = await Snapshot.OfAsync(Store.Postgres, database);
        Invariants.Hold(rows);
        Assert.Empty(ledger.Differences(rows));
    }

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<bool> IsRefusedAsync(Uri address)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(20))
        {
            Assert.True(
                Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(4),
                "The condition did not become true."
            );
        }
    }
}
