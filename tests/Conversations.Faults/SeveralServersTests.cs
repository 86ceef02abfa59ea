using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Conversations.Api.OpenApi;
using Npgsql;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>Several servers share a PostgreSQL, are restarted one by one, and follow it to its standby.</summary>
public sealed class SeveralServersTests(ITestOutputHelper output)
{
    // That make a load.
    private static readonly int Writes = Rounds.Of(200, 20_000);

    private static readonly int Restarts = Rounds.Of(1, 5);

    [NeedsOwnPostgres]
    public async Task Three_servers_that_start_at_once_and_are_restarted_one_by_one_under_load_keep_every_rule_and_lose_no_request()
    {
        var database = (await OwnPostgres.SharedAsync()).NewDatabase();
        var servers = await Servers.StartAsync(3, database, patience: 50);
        Ledger ledger = new();
        await using Writers writers = new(() => servers.Http, ledger);
        writers.Start();
        await writers.DoneAsync(Writes / 2); // Every writer has its connections by then: one that is just being made while its server goes can't be saved.
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
            $"{Restarts * 3} restarts: {ledger.Count(Outcome.Done)} writes acknowledged, {ledger.Count(Outcome.Refused)} refused, none lost; longest answer {writers.Slowest.TotalSeconds:0.00} s"
        );
    }

    [NeedsOwnPostgres]
    public async Task A_server_that_is_asked_to_end_finishes_what_is_under_way_and_takes_nothing_new()
    {
        var database = (await OwnPostgres.SharedAsync()).NewDatabase();
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
        await Task.Delay(3_000); // Longer than idle connections are kept open; nothing but the request holds up the end now.
        Assert.False(end.IsCompleted);
        await ExecuteAsync(other, "COMMIT");

        (await underWay).Created();
        Assert.Equal(0, await end);
        Assert.Equal(
            "under-way",
            await ExecuteAsync(
                other,
                $"SELECT unique_name FROM conversations WHERE unique_name <> '{ExampleRows.ConversationUniqueName}'"
            )
        );
    }

    [Fact]
    public async Task Who_connected_before_the_end_is_still_answered()
    {
        await using var server = await ServerProcess.StartAsync();
        using TcpClient early = new();
        await early.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        await Task.Delay(200); // Taken from the queue of those who knock; nothing tells when.

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
    public async Task When_the_primary_dies_the_servers_follow_the_promoted_standby_and_nothing_acknowledged_is_lost()
    {
        List<TimeSpan> followed = [];
        for (var round = 0; round < Rounds.Of(1, 5); round++)
        {
            await using var primary = await PostgresServer.StartOwnAsync();
            await using var standby = await StartSynchronousStandbyAsync(primary);
            var servers = await Servers.StartAsync(2, Both(primary, standby), patience: 10);
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
                $"{ledger.Count(Outcome.Done)} writes acknowledged, {ledger.Count(Outcome.Unknown)} unknown, longest answer {writers.Slowest.TotalSeconds:0.00} s"
            );
        }

        Assert.All(followed, time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        output.WriteLine($"followed after {string.Join(", ", followed.Select(time => $"{time.TotalSeconds:0.00}"))} s");
    }

    /// <summary>PostgreSQL calls a commit done that was cancelled while it waited for its standby: the server must not.</summary>
    [NeedsStandby]
    public async Task A_write_that_the_synchronous_standby_did_not_confirm_is_not_acknowledged()
    {
        await using var primary = await PostgresServer.StartOwnAsync();
        await using var standby = await StartSynchronousStandbyAsync(primary);
        var servers = await Servers.StartAsync(1, Both(primary, standby), patience: 2);
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

    // The standby first: who takes any host that answers takes the wrong one.
    private static string Both(PostgresServer primary, PostgresServer standby) =>
        $"Host={standby.Host}:{standby.Port},{primary.Host}:{primary.Port};Username=postgres;Database={new NpgsqlConnectionStringBuilder(primary.ConnectionString).Database}";

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
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(4), "It never came.");
        }
    }
}
