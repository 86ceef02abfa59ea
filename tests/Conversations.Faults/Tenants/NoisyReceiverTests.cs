using System.Diagnostics;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit.Abstractions;

namespace Conversations.Faults.Tenants;

/// <summary>One account's events that can't be delivered don't delay another's.</summary>
[Collection(nameof(Alone))]
public sealed class NoisyReceiverTests(ITestOutputHelper output)
{
    // The deliveries of the noisy account.
    private static readonly int Stuck = Rounds.Of(100_000, 1_000_000);

    private static readonly TimeSpan Due = TimeSpan.FromSeconds(1);

    [Theory, OnEachStore]
    public async Task Another_account_s_event_leaves_within_a_second_next_to_those_for_a_silent_receiver(Store store)
    {
        using var server = await StartAsync(store);
        await using var silent = await WebhookReceiver.StartAsync();
        silent.Hold();
        await using var lively = await WebhookReceiver.StartAsync();
        var noisy = await Twilio.NewAccountAsync(server);
        var quiet = await HookedAsync(server, lively);
        await StuckAsync(server, noisy.AccountSid, silent.Url());
        await silent.GotAsync(50);

        List<TimeSpan> delays = [];
        for (var i = 0; i < Rounds.Of(10, 100); i++)
        {
            (await quiet.PostAsync("/v1/Conversations")).Created();
            var answered = Stopwatch.GetTimestamp();
            await lively.GotAsync(i + 1);
            delays.Add(Stopwatch.GetElapsedTime(answered));
            await Task.Delay(200);
        }

        // A machine that is busy with something else may delay one of them.
        delays.Sort();
        var (usual, longest) = (delays[delays.Count / 2], delays[^1]);
        output.WriteLine(
            $"{Stuck} stuck deliveries: delay {usual.TotalSeconds:0.000} s, at most {longest.TotalSeconds:0.000} s"
        );
        Assert.InRange(usual, TimeSpan.Zero, Due);
        Assert.InRange(longest, TimeSpan.Zero, 10 * Due);
        // A token that counts would show how many events the other accounts have.
        Assert.All(
            lively.Requests,
            request => Assert.Equal(4, Guid.Parse(request.Headers["I-Twilio-Idempotency-Token"]).Version)
        );
    }

    /// <summary>The sender looks for due deliveries at least once a second.</summary>
    [Theory, OnEachStore]
    public async Task A_claim_reads_only_the_index_of_due_deliveries(Store store)
    {
        using var server = await StartAsync(store);
        var noisy = await Twilio.NewAccountAsync(server);
        await StuckAsync(server, noisy.AccountSid, "http://127.0.0.1:1/");
        await using var scope = server.Services.CreateAsyncScope();
        var claims = scope.ServiceProvider.GetRequiredService<WebhookClaims>();
        await claims.DueAccountsAsync(default);
        var started = Stopwatch.GetTimestamp();

        var commands = await Command.OfAsync(async () =>
        {
            Assert.Equal([noisy.AccountSid], await claims.DueAccountsAsync(default));
            await claims.ClaimAsync(noisy.AccountSid, new(), default);
        });
        output.WriteLine(
            $"{Stuck} stuck deliveries: a claim of 16 takes {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms"
        );

        if (store == Store.Postgres)
        {
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            foreach (var command in commands)
            {
                var plan = await PlanAsync(db, command);
                Assert.DoesNotContain("Seq Scan on webhook_deliveries", plan, StringComparison.Ordinal);
            }

            output.WriteLine($"{commands[0].Text}\n{await PlanAsync(db, commands[0])}");
            output.WriteLine($"{commands[1].Text}\n{await PlanAsync(db, commands[1])}");
        }
    }

    private static async Task<TestServer> StartAsync(Store store) =>
        TestServer.With([
            ("Webhooks:TimeoutSeconds", "5"),
            .. store == Store.Postgres
                ? new[] { ("ConnectionStrings:Postgres", await OwnPostgres.NewDatabaseAsync()) }
                : [],
        ]);

    private static async Task<Twilio> HookedAsync(TestServer server, WebhookReceiver receiver)
    {
        var plain = await Twilio.NewAccountAsync(server);
        (
            await plain.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", receiver.Url()),
                ("Filters", "onConversationAdded")
            )
        ).Ok();
        return plain.WithWebhooks();
    }

    /// <summary>
    /// A third of the deliveries are due, each in a queue of its own; a third wait for their next attempt; a third wait
    /// behind one other.
    /// </summary>
    private static async Task StuckAsync(TestServer server, string accountSid, string url)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var (now, later) = (DateTime.UtcNow, DateTime.UtcNow.AddHours(1));
        var (numbers, guid) = db.Database.IsNpgsql()
            ? ($"generate_series(1, {Stuck}) AS n (i)", "gen_random_uuid()")
            : (
                $"(WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {Stuck}) SELECT i FROM s)",
                "'0f8fad5b-d9cb-469f-a165-' || printf('%012d', i)"
            );
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(5));
        const string Body = """[{"Key":"EventType","Value":"onConversationAdded"}]""";
        object[] values = [accountSid, url, Body, now, later];
        var insert = $$"""
            INSERT INTO webhook_deliveries
                (account_sid, queue, event_type, url, method, body, date_created, attempts, next_attempt, event_id)
            SELECT {0}, CASE i % 3 WHEN 2 THEN 'one' ELSE 'queue ' || i END, 'onConversationAdded', {1}, 'POST', {2},
                {3}, 0, CASE i % 3 WHEN 0 THEN {3} WHEN 1 THEN {4} ELSE CASE i WHEN 2 THEN {3} END END, {{guid}}
            FROM {{numbers}}
            """;
        await db.Database.ExecuteSqlRawAsync(insert, values);
        if (db.Database.IsNpgsql())
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE webhook_deliveries");
        }
    }

    private static async Task<string> PlanAsync(ConversationsDbContext db, Command command)
    {
        await using NpgsqlConnection connection = new(db.Database.GetConnectionString());
        await connection.OpenAsync();
        await using NpgsqlCommand explain = new($"EXPLAIN (ANALYZE, COSTS OFF) {command.Text}", connection);
        explain.Parameters.AddRange(
            command.Parameters.Select(parameter => ((NpgsqlParameter)parameter).Clone()).ToArray()
        );
        await using var transaction = await connection.BeginTransactionAsync();
        explain.Transaction = transaction;
        List<string> lines = [];
        await using (var reader = await explain.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                lines.Add(reader.GetString(0));
            }
        }

        await transaction.RollbackAsync();
        return string.Join('\n', lines);
    }
}
