using System.Diagnostics;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>
/// A server or its database dies during a write load. Every acknowledged write is stored, every refused write is
/// absent, and no write is stored in part. Every message has its index, and the next server delivers it.
/// </summary>
public sealed class KilledTests(ITestOutputHelper output)
{
    private readonly Random random = new(20);

    private int delivered;

    [Fact]
    public async Task A_server_on_SQLite_keeps_acknowledged_writes_when_it_is_killed_repeatedly()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-killed-").FullName;
        await KillServersAsync(Store.Sqlite, $"Data Source={Path.Combine(folder, "conversations.db")}");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Entity Framework's migration lock is a row in SQLite, and a new process would wait for it without end.
    /// </summary>
    [Fact]
    public async Task A_server_starts_after_one_was_killed_while_it_created_the_SQLite_database()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-locked-").FullName;
        await using (
            SqliteConnection connection = new($"Data Source={Path.Combine(folder, "conversations.db")};Pooling=False")
        )
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY,
                    "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-11-22 18:00:00');
                """;
            await command.ExecuteNonQueryAsync();
        }

        await using (var server = await ServerProcess.StartAsync(folder))
        {
            (await server.PostAsync("/v1/Conversations")).Created();
        }

        Directory.Delete(folder, recursive: true);
    }

    [NeedsOwnPostgres]
    public async Task A_server_on_PostgreSQL_keeps_acknowledged_writes_when_it_is_killed_repeatedly()
    {
        await KillServersAsync(Store.Postgres, await OwnPostgres.NewDatabaseAsync());
    }

    [NeedsOwnPostgres]
    public async Task Acknowledged_writes_survive_repeated_kills_of_PostgreSQL_and_the_server_recovers()
    {
        await using var postgres = await PostgresServer.StartOwnAsync();
        var database = postgres.NewDatabase();
        await using var server = await StartAsync(Store.Postgres, database);
        Ledger ledger = new();
        await using Writers writers = new(() => server.Http, ledger);
        List<TimeSpan> recoveries = [];
        for (var round = 0; round < Rounds.Of(1, 20); round++)
        {
            writers.Start();
            await writers.DoneAsync(random.Next(20, 300));
            await postgres.KillAsync();
            await postgres.StartAgainAsync();
            var back = Stopwatch.GetTimestamp();
            await writers.DoneAsync(1);
            recoveries.Add(Stopwatch.GetElapsedTime(back));
            await writers.DoneAsync(random.Next(20, 100));
            await writers.StopAsync();
            await CheckDeliveredAsync(Store.Postgres, database, ledger, writers);
        }

        Assert.All(recoveries, recovery => Assert.InRange(recovery, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Say(ledger, writers, "kills of PostgreSQL", recoveries);
    }

    private async Task KillServersAsync(Store store, string connectionString)
    {
        Ledger ledger = new();
        List<TimeSpan> recoveries = [];
        var server = await StartAsync(store, connectionString);
        await using Writers writers = new(() => server.Http, ledger);
        for (var round = 0; round < Rounds.Of(2, 50); round++)
        {
            writers.Start();
            await writers.DoneAsync(random.Next(5, 300));
            await server.KillAsync();
            await writers.StopAsync();
            await CheckAsync(store, connectionString, ledger, writers);

            var back = Stopwatch.GetTimestamp();
            await server.DisposeAsync();
            server = await StartAsync(store, connectionString);
            (await server.GetAsync("/v1/Conversations?PageSize=1")).Ok();
            recoveries.Add(Stopwatch.GetElapsedTime(back));
            await CheckDeliveredAsync(store, connectionString, ledger, writers);
        }

        await server.DisposeAsync();
        Say(ledger, writers, $"kills of a server on {store}", recoveries);
    }

    // No receiver listens, so all events are still in the outbox when the rows are compared.
    private static async Task<ServerProcess> StartAsync(Store store, string connectionString)
    {
        var server = await ServerProcess.StartAsync(
            folder: null,
            ($"ConnectionStrings__{store}", connectionString),
            ("Webhooks__FirstPauseSeconds", "600"),
            ("Delivery__StepSeconds", "0.05"),
            ("Delivery__WhatsAppReads", "true"),
            ("Serilog__MinimumLevel__Default", "Fatal")
        );
        (
            await server.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", "http://127.0.0.1:1/nobody"),
                ("Filters", WebhookEvents.ParticipantAdded),
                ("Filters", WebhookEvents.MessageAdded),
                ("Filters", WebhookEvents.DeliveryUpdated)
            )
        ).Ok();
        return server;
    }

    private static async Task<Snapshot> CheckAsync(Store store, string connectionString, Ledger ledger, Writers writers)
    {
        var rows = await Snapshot.OfAsync(store, connectionString);
        Invariants.Hold(rows);
        Assert.Empty(ledger.Differences(rows));
        Assert.Empty(writers.Failures);
        Told.CheckCreated(rows);
        Told.CheckDelivered(rows);
        return rows;
    }

    // Checks the same after every delivery has its outcome.
    private async Task CheckDeliveredAsync(Store store, string connectionString, Ledger ledger, Writers writers)
    {
        await Waiting.UntilDeliveredAsync(store, connectionString);
        var rows = await CheckAsync(store, connectionString, ledger, writers);
        Assert.All(rows.Receipts, receipt => Assert.True(receipt.IsFinal));
        foreach (var read in rows.Receipts.Where(receipt => receipt.Status == ReceiptStatus.Read))
        {
            var horizon = rows.Participant(read.ParticipantSid)!.LastReadMessageIndex;
            Assert.True(rows.Message(read.MessageSid)!.Index <= horizon, $"{read.Sid} was read, and {horizon} is read");
        }

        delivered = rows.Receipts.Count;
    }

    private void Say(Ledger ledger, Writers writers, string what, List<TimeSpan> recoveries)
    {
        recoveries.Sort();
        output.WriteLine(
            $"{recoveries.Count} {what}: {ledger.Count(Outcome.Done)} writes acknowledged, "
                + $"{ledger.Count(Outcome.Refused)} refused, {ledger.Count(Outcome.Unknown)} unknown, {ledger.Names} "
                + $"names, {ledger.Messages} messages acknowledged, {delivered} receipts with their outcome at the "
                + $"end; back in {recoveries[recoveries.Count / 2].TotalSeconds:0.00} s (median), "
                + $"{recoveries[^1].TotalSeconds:0.00} s (longest); longest answer "
                + $"{writers.Slowest.TotalSeconds:0.00} s"
        );
    }
}
