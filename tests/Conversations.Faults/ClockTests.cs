using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>Clocks of servers that differ, and a clock that was set back.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    private const string Conversations = "/v1/Conversations";

    private static readonly int Updates = Rounds.Of(20, 500);

    // Shorter than the shift of the clocks below: a claim lasts twice as long.
    private static readonly (string, string) Timeout = ("Webhooks:TimeoutSeconds", "10");

    [NeedsOwnPostgres]
    public async Task Two_servers_with_clocks_30_seconds_apart_send_every_event_once_and_in_order()
    {
        const int queues = 8;
        var database = ("ConnectionStrings:Postgres", (await OwnPostgres.SharedAsync()).NewDatabase());
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async _ =>
        {
            await Task.Delay(20);
            return new();
        };
        await using var first = TestServer.With(database, Timeout);
        await using var second = TestServer.With(new ShiftedClock(TimeSpan.FromSeconds(30)), database, Timeout);
        Twilio[] servers = [await ConfigureAsync(first, receiver), await ConfigureAsync(second, receiver)];
        var participants = await Task.WhenAll(Enumerable.Range(0, queues).Select(_ => NewParticipantAsync(servers[0])));

        await Task.WhenAll(
            participants.Select(async participant =>
            {
                for (var i = 0; i < Updates; i++)
                {
                    await UpdateAsync(servers[i % 2], participant, i);
                }
            })
        );
        await receiver.GotAsync(queues * Updates);
        await UntilSentAsync(first);

        Assert.All(
            participants,
            participant => Assert.Equal(Enumerable.Range(0, Updates), IndexesOf(participant, receiver.Requests))
        );
        Assert.Equal(queues * Updates, receiver.Requests.Count);
        output.WriteLine($"{receiver.Requests.Count} events, each sent once and in order");
    }

    /// <summary>
    /// A date of the outbox that is an hour ahead was written before the clock was set back by an hour.
    /// </summary>
    [Theory, OnEachStore]
    public async Task A_clock_that_was_set_back_by_an_hour_stalls_no_queue(Store store)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(500);
        await using var server = TestServer.With([
            ("Webhooks:FirstPauseSeconds", "600"),
            .. store == Store.Postgres
                ? [("ConnectionStrings:Postgres", (await OwnPostgres.SharedAsync()).NewDatabase())]
                : Array.Empty<(string, string)>(),
        ]);
        var twilio = await ConfigureAsync(server, receiver);
        var participant = await NewParticipantAsync(twilio);
        await UpdateAsync(twilio, participant, 0);
        await UpdateAsync(twilio, participant, 1);
        await receiver.GotAsync(1);
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        while (!await db.Set<WebhookDelivery>().AnyAsync(d => d.LastError != null))
        {
            await Task.Delay(20);
        }

        receiver.AnswerWith(200);
        await db.Set<WebhookDelivery>()
            .ExecuteUpdateAsync(d => d.SetProperty(r => r.NextAttempt, r => r.NextAttempt!.Value.AddHours(1)));

        Assert.Equal([0, 0, 1], IndexesOf(participant, await receiver.GotAsync(3)));
    }

    /// <summary>The SID of a row contains the time of the server that created it.</summary>
    [Theory, OnEachStore]
    public async Task Rows_that_are_created_after_a_restart_with_an_earlier_clock_sort_last(Store store)
    {
        var folder = Directory.CreateTempSubdirectory("conversations-clock-").FullName;
        var file = Path.Combine(folder, "conversations.db");
        (string Name, string Value) database =
            store == Store.Postgres
                ? ("ConnectionStrings__Postgres", (await OwnPostgres.SharedAsync()).NewDatabase())
                : ("ConnectionStrings__Sqlite", file);
        var later = (DateTime.UtcNow + TimeSpan.FromHours(1)).Ticks.ToString("x16", CultureInfo.InvariantCulture);
        await using (var server = await ServerProcess.StartAsync(folder, database))
        {
            (await server.PostAsync(Conversations, ("UniqueName", "later"))).Created();
        }

        var sql = $"UPDATE conversations SET sid = 'CH{later}' || substr(sid, 19) WHERE unique_name = 'later'";
        await (
            store == Store.Postgres ? ExecuteOnPostgresAsync(database.Value, sql) : SqliteFile.ExecuteAsync(file, sql)
        );

        await using (var server = await ServerProcess.StartAsync(folder, database))
        {
            var conversation = (await server.PostAsync(Conversations, ("UniqueName", "newest"))).Created()["sid"];
            (await server.PostAsync($"{Conversations}/{conversation}/Participants", ("Identity", "a"))).Created();
            Assert.Equal(
                ["my-first-conversation", "later", "newest"],
                (await server.GetAsync(Conversations)).Ok().Body["conversations"]!
                    .AsArray()
                    .Select(row => (string?)row!["unique_name"])
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<Twilio> ConfigureAsync(TestServer server, WebhookReceiver receiver)
    {
        var twilio = await Twilio.NewAccountAsync(server);
        (
            await twilio.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", receiver.Url()),
                ("Filters", "onParticipantUpdated")
            )
        ).Ok();
        return twilio.WithWebhooks();
    }

    private static async Task<string> NewParticipantAsync(Twilio twilio)
    {
        var conversation = await twilio.NewConversationAsync();
        var participant = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        return $"Conversations/{conversation}/Participants/{participant}";
    }

    private static async Task UpdateAsync(Twilio twilio, string participant, int index) =>
        (
            await twilio.PostAsync(participant, ("LastReadMessageIndex", index.ToString(CultureInfo.InvariantCulture)))
        ).Ok();

    private static async Task UntilSentAsync(TestServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        while (await db.Set<WebhookDelivery>().AnyAsync())
        {
            await Task.Delay(20);
        }
    }

    private static IEnumerable<int> IndexesOf(string participant, IEnumerable<WebhookRequest> requests) =>
        requests
            .Where(request => participant.Contains(request["ConversationSid"]!, StringComparison.Ordinal))
            .Select(request => int.Parse(request["LastReadMessageIndex"]!, CultureInfo.InvariantCulture));

    private static async Task ExecuteOnPostgresAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
