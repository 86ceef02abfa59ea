using System.Globalization;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Users;
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
        var database = ("ConnectionStrings:Postgres", await OwnPostgres.NewDatabaseAsync());
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
                ? [("ConnectionStrings:Postgres", await OwnPostgres.NewDatabaseAsync())]
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
                ? ("ConnectionStrings__Postgres", await OwnPostgres.NewDatabaseAsync())
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

    /// <summary>
    /// An update of another server, whose clock is ahead, is stored between the check and the write of each request.
    /// </summary>
    [Theory, OnEachStore]
    public async Task The_date_of_an_update_does_not_go_back(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var room = await twilio.NewConversationAsync(("UniqueName", "room"), ("State", "inactive"));
        var participant = await twilio.NewParticipantAsync(room, ("Identity", "alice"));
        var at = $"Conversations/{room}";
        var message = (await twilio.PostAsync($"{at}/Messages", ("Body", "text"))).Created()["sid"];
        var role = await twilio.NewRoleAsync("conversation");
        (await twilio.PostAsync(at, ("State", "inactive"))).Ok();

        await UpdatesAsync<Participant>($"{at}/Participants/{participant}", ("Attributes", "1"));
        await UpdatesAsync<Participant>("Conversations/room/Participants/alice", ("Attributes", "2"));
        await UpdatesAsync<Message>($"{at}/Messages/{message}", ("Body", "other"));
        await UpdatesAsync<User>("Users/alice", ("FriendlyName", "Alice"));
        await UpdatesAsync<Role>($"Roles/{role}", ("Permission", "sendMessage"));
        await UpdatesAsync<ChatService>(
            $"Services/{twilio.ChatServiceSid}/Configuration",
            ("ReachabilityEnabled", "true")
        );
        await UpdatesAsync<Conversation>(at, ("FriendlyName", "a name"));
        await UpdatesAsync<Conversation>(at, ("State", "closed"));

        async Task UpdatesAsync<T>(string path, (string, string) field)
            where T : Resource
        {
            var fetched =
                typeof(T) == typeof(ChatService) ? path.Replace("/Configuration", "", StringComparison.Ordinal) : path;
            var row = (await twilio.GetAsync(fetched)).Ok();
            var later = DateTime.UtcNow.AddHours(1);
            await using var scope = twilio.Server.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            var transaction = await db.Database.BeginTransactionAsync();
            await db.Set<T>()
                .Where(r => r.Sid == row["sid"])
                .ExecuteUpdateAsync(r => r.SetProperty(x => x.DateUpdated, later));
            var update = twilio.PostAsync(path, field);
            await Task.WhenAny(update, Task.Delay(TimeSpan.FromMilliseconds(300)));
            Assert.False(update.IsCompleted);
            await transaction.CommitAsync();

            var expected = later.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var answer = (await update).Ok();
            Assert.Equal(expected, answer.Body["date_updated"]?.GetValue<string>() ?? expected);
            Assert.Equal(expected, (await twilio.GetAsync(fetched)).Ok()["date_updated"]);
        }
    }

    [Theory, OnEachStore]
    public async Task A_message_that_wakes_a_conversation_keeps_a_later_date(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var room = $"Conversations/{await twilio.NewConversationAsync()}";
        const string later = "2099-01-01T00:00:00Z";
        (await twilio.PostAsync(room, ("State", "inactive"), ("DateUpdated", later))).Ok();

        (await twilio.PostAsync($"{room}/Messages", ("Body", "text"))).Created();

        var woken = (await twilio.GetAsync(room)).Ok();
        Assert.Equal(("active", later), (woken["state"], woken["date_updated"]));

        // A date that the client gives is stored as it is.
        const string earlier = "2001-01-01T00:00:00Z";
        Assert.Equal(earlier, (await twilio.PostAsync(room, ("DateUpdated", earlier))).Ok()["date_updated"]);
        Assert.Equal(earlier, (await twilio.GetAsync(room)).Ok()["date_updated"]);
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
