using System.Globalization;
using Conversations.Api.Conversations;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Npgsql;

namespace Conversations.Faults;

/// <summary>
/// Two servers on one PostgreSQL take message indices at the same time, and share the steps of deliveries and the
/// timers: each of these is made once, with its event.
/// </summary>
public sealed class SharedWorkTests(SharedWorkTests.TwoServers both) : IClassFixture<SharedWorkTests.TwoServers>
{
    [NeedsOwnPostgres]
    public async Task A_thousand_messages_of_32_writers_over_two_servers_have_the_indices_0_to_999()
    {
        const int Count = 1000;
        var (servers, database) = await both.Started;
        var messages = $"{await NewConversationAsync(servers, ("State", "inactive"))}/Messages";

        var left = Count;
        List<long> indices = [];
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => WriteAsync()));

        Assert.Equal(Enumerable.Range(0, Count).Select(index => (long)index), indices.Order());
        Invariants.Hold(await Snapshot.OfAsync(Store.Postgres, database));

        async Task WriteAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var index = (await servers.PostAsync(messages)).Created().Body["index"]!.GetValue<long>();
                lock (indices)
                {
                    indices.Add(index);
                }
            }
        }
    }

    [NeedsOwnPostgres]
    public async Task Two_servers_make_each_step_of_a_delivery_once()
    {
        var (servers, database) = await both.Started;
        var conversation = await NewConversationAsync(servers);
        foreach (var (address, proxy) in Phones)
        {
            (await servers.PostAsync($"{conversation}/Participants", NewParticipant.Sms(address, proxy))).Created();
        }

        var created = await Task.WhenAll(
            Enumerable.Range(0, Rounds.Of(100, 2_000)).Select(_ => servers.PostAsync($"{conversation}/Messages"))
        );
        Assert.All(created, answer => answer.Created());
        await Waiting.UntilDeliveredAsync(Store.Postgres, database);

        var rows = await Snapshot.OfAsync(Store.Postgres, database);
        Invariants.Hold(rows);
        Told.CheckDelivered(rows);
        var outcomes = rows
            .Receipts.Where(receipt => conversation.EndsWith(receipt.ConversationSid, StringComparison.Ordinal))
            .CountBy(receipt => receipt.Status ?? "");
        Assert.Equal(
            [ReceiptStatus.Delivered, ReceiptStatus.Failed, ReceiptStatus.Read],
            outcomes.Select(outcome => outcome.Key).Order(StringComparer.Ordinal)
        );
        Assert.All(outcomes, outcome => Assert.Equal(created.Length, outcome.Value));
    }

    [NeedsOwnPostgres]
    public async Task Two_servers_and_their_readers_settle_each_timer_once()
    {
        var (servers, database) = await both.Started;
        var conversations = await Task.WhenAll(
            Enumerable
                .Range(0, Rounds.Of(100, 1_000))
                .Select(_ => NewConversationAsync(servers, ("Timers.Inactive", "PT1M"), ("Timers.Closed", "PT10M")))
        );
        var sids = conversations.Select(path => path[^34..]).ToHashSet();

        await PassAsync(minutes: 5);
        await PassAsync(minutes: 10);

        var rows = await Snapshot.OfAsync(Store.Postgres, database);
        Invariants.Hold(rows);
        var changes = Told.Events(rows, WebhookEvents.ConversationStateUpdated, "ConversationSid", "StateTo");
        Assert.All(sids, sid => Assert.Equal([ConversationState.Inactive, ConversationState.Closed], changes[sid]));

        // The timers of all conversations expire at the same time, and while both servers settle them, requests do.
        async Task PassAsync(int minutes)
        {
            var update = string.Create(
                CultureInfo.InvariantCulture,
                $"UPDATE conversations SET date_inactive = date_inactive - interval '{minutes} minutes', "
                    + $"date_closed = date_closed - interval '{minutes} minutes' WHERE date_closed IS NOT NULL"
            );
            Assert.Equal(sids.Count, await ExecuteAsync(database, update));
            await Task.WhenAll(
                conversations.Select(async path =>
                {
                    using var answer = await servers.Http.GetAsync(path);
                    answer.EnsureSuccessStatusCode();
                })
            );
            await Waiting.UntilNoneAsync(
                Store.Postgres,
                database,
                "conversations WHERE (state = 'active' AND date_inactive <= now()) OR date_closed <= now()"
            );
        }
    }

    // One of each outcome: delivered, read, failed.
    private static IEnumerable<(string Address, string Proxy)> Phones =>
        [
            ("+15558675310", "+15017122661"),
            ("whatsapp:+15558675310", "whatsapp:+15017122661"),
            ("+15005550001", "+15017122661"),
        ];

    private static async Task<string> NewConversationAsync(
        Servers servers,
        params (string Name, string Value)[] form
    ) => $"/v1/Conversations/{(await servers.PostAsync("/v1/Conversations", form)).Created()["sid"]}";

    private static async Task<int> ExecuteAsync(string database, string sql)
    {
        await using NpgsqlConnection connection = new(database);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts the servers for the first test that runs, and ends them after the last.</summary>
    public sealed class TwoServers : IAsyncLifetime
    {
        private readonly Lazy<Task<(Servers Servers, string Database)>> started = new(StartAsync);

        internal Task<(Servers Servers, string Database)> Started => started.Value;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (started.IsValueCreated)
            {
                await (await Started).Servers.StopAsync();
            }
        }

        private static async Task<(Servers Servers, string Database)> StartAsync()
        {
            var database = await OwnPostgres.NewDatabaseAsync();
            var servers = await Servers.StartAsync(
                2,
                database,
                databaseSeconds: 240,
                ("Delivery__StepSeconds", "0.2"),
                ("Delivery__WhatsAppReads", "true")
            );
            (
                await servers.PostAsync(
                    "/v1/Configuration/Webhooks",
                    ("PostWebhookUrl", "http://127.0.0.1:1/nobody"),
                    ("Filters", WebhookEvents.DeliveryUpdated),
                    ("Filters", WebhookEvents.ConversationStateUpdated)
                )
            ).Ok();
            return (servers, database);
        }
    }
}
