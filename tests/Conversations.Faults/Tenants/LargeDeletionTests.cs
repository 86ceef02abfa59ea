using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Conversations.Api.Conversations;
using Conversations.Api.ConversationWithParticipants;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Conversations.Faults.Tenants;

/// <summary>
/// What many rows refer to can be deleted, however many they are and however short the timeout is. Others can write
/// meanwhile.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LargeDeletionTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("conversations-deletions-").FullName;

    private const int BuiltInRoles = 4;

    private const int LargerThanABatch = ConversationsDbContext.BatchSize + 1;

    private const string Proxy = "+15017122661";

    private static readonly (string, string)[] Pair =
    [
        ("MessagingBinding.Address", Phone(0)),
        ("MessagingBinding.ProxyAddress", Proxy),
    ];

    private const string CountOfStandIns = """
        SELECT count(*) AS "Value" FROM users WHERE substr(role_sid, 1, 2) = 'rl'
        """;

    private static readonly int Rows = Rounds.Of(30_000, 300_000);

    private const string WrongCounts = """
        SELECT count(*) AS "Value" FROM conversations AS c
        WHERE participant_count <> (SELECT count(*) FROM participants AS p WHERE p.conversation_sid = c.sid)
        """;

    [Theory, OnEachStore]
    public async Task A_user_in_many_closed_conversations_disappears_from_all_of_them_at_once(Store store)
    {
        var database = await NewDatabaseAsync(store);
        using (var server = WithoutPurger(database))
        {
            var twilio = await Twilio.NewAccountAsync(server);
            var (closed, alice) = await NewMemberAsync(twilio);
            (await twilio.PostAsync($"Conversations/{closed}", ("State", "closed"))).Ok();
            await CopyAsync<Conversation>(server, closed, ("sid", "CH"));
            await CopyAsync<Participant>(server, alice, ("sid", "MB"), ("conversation_sid", "CH"));
            var (open, _) = await NewMemberAsync(twilio);
            string last = $"Conversations/CH{Rows:x32}";
            Assert.Single((await twilio.GetAsync($"{last}/Participants")).Ok().Body["participants"]!.AsArray());

            await DeleteAsync(server, twilio, "/v1/Users/alice");

            Assert.Equal(Rows + 1, await CountAsync(server, """SELECT count(*) AS "Value" FROM participants"""));
            foreach (var path in new[] { last, $"Conversations/{closed}", $"Conversations/{open}" })
            {
                Assert.Empty((await twilio.GetAsync($"{path}/Participants")).Ok().Body["participants"]!.AsArray());
                await AssertGoneAsync(twilio, $"/{path}/Participants/alice");
                await AssertGoneAsync(twilio, $"/Users/alice/{path}");
            }

            await AssertGoneAsync(twilio, $"/Conversations/{closed}/Participants/{alice}");
            await AssertGoneAsync(twilio, $"/{last}/Participants/MB{Rows:x32}");
            await AssertGoneAsync(twilio, "/Users/alice/Conversations");
            Assert.Empty((await twilio.GetAsync("Users")).Ok().Body["users"]!.AsArray());
            var held = await twilio.GetAsync("ParticipantConversations?Identity=alice");
            Assert.Empty(held.Ok().Body["conversations"]!.AsArray());
            await NewMemberAsync(twilio);
            Assert.Single((await twilio.GetAsync("Users/alice/Conversations")).Ok().Body["conversations"]!.AsArray());
        }

        using var next = Start(database);
        await PurgedAsync(next, "users");
        Assert.Equal(0, await CountAsync(next, WrongCounts));
        Assert.Equal(1, await CountAsync(next, """SELECT count(*) AS "Value" FROM participants"""));
    }

    [Theory, OnEachStore]
    public async Task The_control_room_does_not_show_what_a_deleted_user_has_left(Store store)
    {
        using var server = WithoutPurger(await NewDatabaseAsync(store));
        var twilio = await Twilio.NewAccountAsync(server);
        var room = (await twilio.PostAsync("/v1/Conversations", ("FriendlyName", "desk"))).Created()["sid"];
        foreach (var name in new[] { "alice", "bob" })
        {
            (await twilio.PostAsync($"/v1/Conversations/{room}/Participants", ("Identity", name))).Created();
        }

        var alice = (await twilio.GetAsync($"/v1/Conversations/{room}/Participants/alice")).Ok()["sid"];
        (await twilio.PostAsync($"/v1/Conversations/{room}", ("State", "closed"))).Ok();
        await CopyAsync<Conversation>(server, room, ("sid", "CH"));
        await CopyAsync<Participant>(server, alice, ("sid", "MB"), ("conversation_sid", "CH"));

        (await twilio.DeleteAsync("/v1/Users/alice")).NoContent();

        var found = (await twilio.GetAsync($"/control/conversations?search={room}")).Ok().Body["conversations"]![0]!;
        Assert.Equal(1, (int?)found["participant_count"]);
        Assert.Equal("bob", (string?)found["participants"]!.AsArray().Single()!["identity"]);
        var export = (await twilio.GetAsync("/control/export")).Ok().Body;
        Assert.Equal("bob", (string?)export["participants"]!.AsArray().Single()!["identity"]);
        Assert.Equal("bob", (string?)export["users"]!.AsArray().Single()!["identity"]);
        Assert.Equal(1, export["conversations"]!.AsArray().Sum(c => (int?)c!["participant_count"]));
    }

    [Theory, OnEachStore]
    public async Task All_holders_of_a_role_lose_it_at_the_same_time_also_after_an_interruption(Store store)
    {
        var database = await NewDatabaseAsync(store);
        using (var server = WithoutPurger(database))
        {
            var twilio = await Twilio.NewAccountAsync(server);
            var role = await NewHeldRoleAsync(server, twilio, Rows);
            await InterruptAsync(server, role);
            Assert.Equal([role], await RolesAsync(twilio));
            Assert.Equal(role, (await twilio.GetAsync("Users/alice")).Ok()["role_sid"]);
            Assert.Equal(role, (await twilio.PostAsync("Users/alice", ("FriendlyName", "Alice"))).Ok()["role_sid"]);
            Assert.DoesNotContain("\"rl", (await twilio.GetAsync("/control/export")).Text, StringComparison.Ordinal);
            (await twilio.PostAsync($"Roles/{role}", ("Permission", "joinConversation"))).Ok();
            var roles = (await twilio.GetAsync("Roles")).Ok().Body["roles"]!.AsArray();
            Assert.Equal(BuiltInRoles + 1, roles.Count);

            var deletion = DeleteAsync(server, twilio, $"/v1/Roles/{role}");
            HashSet<string> before = [role];
            do
            {
                var shown = await RolesAsync(twilio);
                Assert.Single(shown);
                before.UnionWith(shown);
            } while (await Task.WhenAny(deletion, Task.Delay(5)) != deletion);

            await deletion;
            var configured = await twilio.GetAsync($"/v1/Services/{twilio.ChatServiceSid}/Configuration");
            var defaultRole = configured.Ok()["default_chat_service_role_sid"];
            Assert.Equal([defaultRole], await RolesAsync(twilio));
            Assert.Equal(defaultRole, (await twilio.GetAsync("Users/alice")).Ok()["role_sid"]);
            Assert.Empty(before.Except([role, defaultRole]));
            var update = await twilio.PostAsync($"Users/ID{Rows:x32}", ("FriendlyName", "Last"));
            Assert.Equal(defaultRole, update.Ok()["role_sid"]);
            Assert.NotEqual(0, await CountAsync(server, CountOfStandIns));
        }

        using var next = Start(database);
        await PurgedAsync(next, "roles");
        Assert.Equal(0, await CountAsync(next, CountOfStandIns));
        Assert.Equal(1, await CountAsync(next, """SELECT count(DISTINCT role_sid) AS "Value" FROM users"""));
    }

    [Theory, OnEachStore]
    public async Task Participants_join_with_a_large_user_while_it_is_deleted(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        var (closed, alice) = await NewMemberAsync(twilio);
        (await twilio.PostAsync($"Conversations/{closed}", ("State", "closed"))).Ok();
        await CopyAsync<Conversation>(server, closed, LargerThanABatch, ("sid", "CH"));
        await CopyAsync<Participant>(server, alice, LargerThanABatch, ("sid", "MB"), ("conversation_sid", "CH"));
        var rooms = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => twilio.NewConversationAsync()));

        var deletion = twilio.DeleteAsync("Users/alice");
        var joined = await Task.WhenAll(
            rooms.Select(room => twilio.PostAsync($"Conversations/{room}/Participants", ("Identity", "alice")))
        );

        (await deletion).NoContent();
        Assert.All(joined, answer => answer.Created());
        await PurgedAsync(server, "users");
        Assert.Equal(0, await CountAsync(server, WrongCounts));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Holders_get_and_lose_a_role_while_it_is_deleted(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        var role = await NewHeldRoleAsync(server, twilio, 3 * LargerThanABatch);

        var deletion = twilio.DeleteAsync($"Roles/{role}");
        List<Answer> answers = [];
        for (var number = 1; !deletion.IsCompleted; number++)
        {
            answers.AddRange(
                await Task.WhenAll(
                    twilio.PostAsync("Users", ("Identity", $"new{number}"), ("RoleSid", role)),
                    twilio.PostAsync($"Users/US{number:x32}", ("FriendlyName", "Holder")),
                    twilio.PostAsync("Users/alice", ("RoleSid", role))
                )
            );
        }

        (await deletion).NoContent();
        Assert.All(
            answers,
            answer =>
            {
                if ((int)answer.Status < 300)
                {
                    Assert.StartsWith("RL", answer["role_sid"], StringComparison.Ordinal);
                }
                else
                {
                    answer.Is(TwilioErrors.RoleNotFound);
                }
            }
        );
        await PurgedAsync(server, "roles");
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Two_deletions_of_one_role_leave_nothing(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        var role = await NewHeldRoleAsync(server, twilio, 5 * LargerThanABatch);

        var first = twilio.DeleteAsync($"Roles/{role}");
        List<Task<Answer>> others = [];
        while (!first.IsCompleted)
        {
            others.Add(twilio.DeleteAsync($"Roles/{role}"));
            await Task.Delay(100);
        }

        var answers = await Task.WhenAll([first, .. others]);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
        Assert.Equal(answers.Length - 1, answers.Count(answer => answer.Status == HttpStatusCode.NotFound));
        await PurgedAsync(server, "roles");
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_service_with_many_conversations_and_users_disappears_at_once(Store store)
    {
        var database = await NewDatabaseAsync(store);
        using (var server = WithoutPurger(database))
        {
            var twilio = await Twilio.NewAccountAsync(server);
            var sid = await twilio.NewServiceAsync();
            var service = $"/v1/Services/{sid}";
            var room = (await twilio.PostAsync($"{service}/Conversations")).Created()["sid"];
            var participants = $"{service}/Conversations/{room}/Participants";
            var alice = (await twilio.PostAsync(participants, ("Identity", "alice"))).Created()["sid"];
            var user = (await twilio.GetAsync($"{service}/Users/alice")).Ok()["sid"];
            await CopyAsync<Conversation>(server, room, ("sid", "CH"));
            await CopyAsync<User>(server, user, ("sid", "US"), ("identity", "ID"));
            await CopyAsync<Participant>(
                server,
                alice,
                ("sid", "MB"),
                ("conversation_sid", "CH"),
                ("user_sid", "US"),
                ("identity", "ID")
            );
            (string, string)[] hooks = [("PostWebhookUrl", "http://127.0.0.1:9"), ("Filters", "onMessageAdded")];
            (await twilio.PostAsync($"{service}/Configuration/Webhooks", hooks)).Ok();
            (await twilio.PostAsync(participants, Pair)).Created();

            await DeleteAsync(server, twilio, service);

            Assert.InRange(
                await CountAsync(server, """SELECT count(*) AS "Value" FROM participants"""),
                Rows,
                int.MaxValue
            );
            string[] paths =
            [
                "/Conversations",
                $"/Conversations/{room}",
                $"/Conversations/{room}/Participants",
                $"/Conversations/{room}/Participants/{alice}",
                $"/Conversations/{room}/Messages",
                $"/Conversations/{room}/Webhooks",
                "/Users",
                "/Users/alice",
                $"/Users/{user}/Conversations",
                "/Roles",
                "/Configuration",
                "/Configuration/Webhooks",
                "/ParticipantConversations?Identity=alice",
            ];
            foreach (var path in paths)
            {
                (await twilio.GetAsync($"{service}{path}")).Is(
                    TwilioErrors.NotFound($"{service["/v1".Length..]}{path.Split('?')[0]}")
                );
            }

            Assert.Equal(HttpStatusCode.NotFound, (await twilio.PostAsync($"{service}/Conversations")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await twilio.PostAsync(participants, ("Identity", "bob"))).Status);
            Assert.Single((await twilio.GetAsync("/v1/Services")).Ok().Body["services"]!.AsArray());
            Assert.Empty((await twilio.GetAsync("/control/conversations")).Ok().Body["conversations"]!.AsArray());
            Assert.Empty((await twilio.GetAsync("/control/phones")).Ok().Body["phones"]!.AsArray());
            Assert.Empty((await twilio.GetAsync("/control/export")).Ok().Body["conversations"]!.AsArray());
            (await twilio.PostAsync("/v1/Configuration", ("DefaultChatServiceSid", sid))).Is(
                TwilioErrors.ServiceNotFound
            );
        }

        using var last = Start(database);
        await PurgedAsync(last, "chat_services");
        Assert.Equal(0, await CountAsync(last, """SELECT count(*) AS "Value" FROM users"""));
        Assert.Equal(0, await CountAsync(last, """SELECT count(*) AS "Value" FROM webhook_settings"""));
    }

    [Theory, OnEachStore]
    public async Task What_a_deleted_service_has_held_is_free_at_once(Store store)
    {
        using var server = WithoutPurger(await NewDatabaseAsync(store));
        var twilio = await Twilio.NewAccountAsync(server);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var (room, group, other) = (await NewRoomAsync(), await NewRoomAsync(), await NewRoomAsync());
        await CopyAsync<Conversation>(server, room.Split('/')[^1], LargerThanABatch, ("sid", "CH"));
        foreach (var number in new[] { 1, 2, 3 })
        {
            (await AddAsync(room, number, Proxy)).Created();
        }

        await FillGroupAsync(twilio, group, "+15558675311");
        await FillGroupAsync(twilio, other, "+15558675319");

        (await twilio.DeleteAsync(service)).NoContent();

        service = "/v1";
        (room, group) = (await NewRoomAsync(), await NewRoomAsync());
        (await AddAsync(room, 1, Proxy)).Created();
        var second = (await AddAsync(room, 2, "+15017122669")).Created()["sid"];
        foreach (var proxy in new[] { "null", Proxy })
        {
            (await twilio.PostAsync($"{room}/Participants/{second}", ("MessagingBinding.ProxyAddress", proxy))).Ok();
        }

        var holder = await twilio.PostAsync(NewConversation.Endpoint, NewConversation.WithPair(Phone(3), Proxy));
        await FillGroupAsync(twilio, group, "+15558675311");
        var projected = """{"identity": "carol", "messaging_binding": {"projected_address": "+15017122662"}}""";
        (
            await twilio.PostAsync(
                NewConversation.Endpoint,
                NewConversation.With(projected),
                NewConversation.WithAddress("+15558675319"),
                NewConversation.WithAddress("+15558675312")
            )
        ).Accepted();
        (await AddAsync(room, 3, Proxy)).Is(TwilioErrors.BindingInUse(holder.Accepted()["sid"]));

        async Task<string> NewRoomAsync()
        {
            var path = $"{service}/Conversations";
            return $"{path}/{(await twilio.PostAsync(path)).Created()["sid"]}";
        }

        Task<Answer> AddAsync(string to, int number, string proxy) =>
            twilio.PostAsync(
                $"{to}/Participants",
                ("MessagingBinding.Address", Phone(number)),
                ("MessagingBinding.ProxyAddress", proxy)
            );
    }

    [Theory, OnEachStore]
    public async Task Nothing_of_a_deleted_service_is_due(Store store)
    {
        using var server = WithoutPurger(await NewDatabaseAsync(store));
        var twilio = await Twilio.NewAccountAsync(server);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var sms = (await twilio.PostAsync($"{service}/Conversations", ("Timers.Closed", "PT10M"))).Created()["sid"];
        var room = $"{service}/Conversations/{sms}";
        (await twilio.PostAsync($"{room}/Participants", Pair)).Created();
        var message = (await twilio.PostAsync($"{room}/Messages", ("Body", "x"))).Created()["sid"];
        var setup = $"{service}/{NewConversation.Endpoint}";
        (await twilio.PostAsync(setup, NewConversation.WithIdentity("alice"))).Accepted();
        await CopyAsync<Conversation>(server, sms, LargerThanABatch, ("sid", "CH"));
        await server.PassAsync(TimeSpan.FromMinutes(20), sms);
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var yesterday = DateTime.UtcNow.AddDays(-1);
        await db.Set<Receipt>().ExecuteUpdateAsync(r => r.SetProperty(row => row.NextStep, yesterday));
        var (timers, steps, setups) = (
            scope.ServiceProvider.GetRequiredService<ConversationTimers>(),
            scope.ServiceProvider.GetRequiredService<DeliverySteps>(),
            scope.ServiceProvider.GetRequiredService<ConversationSetups>()
        );
        Assert.Equal([sms], await timers.DueAsync(db.Set<Conversation>(), default));
        Assert.Equal([message], await steps.DueAsync(accountSid: null, default));

        (await twilio.DeleteAsync(service)).NoContent();

        Assert.Empty(await timers.DueAsync(db.Set<Conversation>(), default));
        Assert.False(await timers.SettleAsync(sms, default));
        Assert.Empty(await steps.DueAsync(accountSid: null, default));
        Assert.Equal(0, await steps.StepDueAsync(message, default));
        Assert.Empty(await setups.ClaimAsync(default));
        Assert.Equal(1, await CountAsync(server, """SELECT count(*) AS "Value" FROM conversation_setups"""));
    }

    [Theory, OnEachStore]
    public async Task A_reset_and_an_import_also_replace_what_is_left_of_a_deleted_service(Store store)
    {
        using var server = WithoutPurger(await NewDatabaseAsync(store));
        var twilio = await Twilio.NewAccountAsync(server);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var room = (await twilio.PostAsync($"{service}/Conversations")).Created()["sid"];
        await CopyAsync<Conversation>(server, room, LargerThanABatch, ("sid", "CH"));
        using (var kept = await twilio.Http.PostAsJsonAsync("/control/checkpoints", new { name = "before" }))
        {
            Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        }

        (await twilio.DeleteAsync(service)).NoContent();

        (await twilio.PostAsync("/control/checkpoints/before/restore")).Ok();

        (await twilio.GetAsync($"{service}/Conversations/{room}")).Ok();
        (await twilio.DeleteAsync(service)).NoContent();
        (await twilio.PostAsync("/control/reset")).NoContent();
        Assert.Equal(0, await CountAsync(server, """SELECT count(*) AS "Value" FROM conversations"""));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task A_service_is_either_the_default_one_or_deleted(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        for (var round = 0; round < 10; round++)
        {
            var sid = await twilio.NewServiceAsync();
            var room = (await twilio.PostAsync($"/v1/Services/{sid}/Conversations")).Created()["sid"];
            if (round % 2 == 0)
            {
                await CopyAsync<Conversation>(server, room, LargerThanABatch, ("sid", $"CH{round}"));
            }

            var answers = await Task.WhenAll(
                twilio.DeleteAsync($"/v1/Services/{sid}"),
                twilio.PostAsync("/v1/Configuration", ("DefaultChatServiceSid", sid))
            );

            Assert.Single(answers, answer => (int)answer.Status < 300);
            await Invariants.HoldAsync(twilio);
            var first = (await twilio.PostAsync("/v1/Conversations")).Created()["chat_service_sid"];
            Assert.Equal((int)answers[0].Status >= 300, first == sid);
        }
    }

    [Theory, OnEachStore]
    public async Task A_conversation_with_many_messages_disappears_at_once(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        var room = await FillAsync(server, twilio, "/v1");
        (await twilio.PostAsync(room, ("UniqueName", "support"))).Ok();
        var bob = (await twilio.PostAsync($"{room}/Participants", Pair)).Created()["sid"];
        var message = (await twilio.PostAsync($"{room}/Messages", ("Author", "alice"))).Created()["sid"];

        await DeleteAsync(server, twilio, room);

        foreach (var path in new[] { "/Messages", $"/Messages/{message}", "/Participants", $"/Participants/{bob}" })
        {
            (await twilio.GetAsync(room + path)).Is(TwilioErrors.NotFound((room + path)["/v1".Length..]));
        }

        Assert.Empty((await twilio.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray());
        Assert.Empty((await twilio.GetAsync("/v1/Users/alice/Conversations")).Ok().Body["conversations"]!.AsArray());
        Assert.Empty(
            (await twilio.GetAsync("/v1/ParticipantConversations?Identity=alice")).Ok().Body["conversations"]!.AsArray()
        );
        var next = (await twilio.PostAsync("/v1/Conversations", ("UniqueName", "support"))).Created()["sid"];
        (await twilio.PostAsync($"/v1/Conversations/{next}/Participants", Pair)).Created();
        await PurgedAsync(server);
        Assert.Equal(0, await CountAsync(server, """SELECT sum(conversation_count) AS "Value" FROM users"""));
    }

    [Theory, OnEachStore]
    public async Task A_deletion_is_one_event_and_the_next_process_finishes_it(Store store)
    {
        var database = await NewDatabaseAsync(store);
        using (var server = Start(database))
        {
            var twilio = await Twilio.NewAccountAsync(server);
            var room = await FillAsync(server, twilio, "/v1");
            (
                await twilio.PostAsync(
                    "/v1/Configuration/Webhooks",
                    ("PostWebhookUrl", "http://127.0.0.1:9"),
                    ("Filters", "onConversationUpdated"),
                    ("Filters", "onConversationStateUpdated"),
                    ("Filters", "onConversationRemoved")
                )
            ).Ok();
            (await twilio.WithWebhooks().DeleteAsync(room)).NoContent();
            Assert.Equal(1, await CountAsync(server, """SELECT count(*) AS "Value" FROM webhook_deliveries"""));
            Assert.Equal(
                1,
                await CountAsync(
                    server,
                    """
                    SELECT count(*) AS "Value" FROM webhook_deliveries WHERE event_type = 'onConversationRemoved'
                    """
                )
            );
        }

        using var next = Start(database);
        await PurgedAsync(next);
    }

    [Theory, OnEachStore]
    public async Task A_service_with_a_conversation_of_many_messages_can_be_deleted(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        (await twilio.PostAsync($"{service}/Conversations")).Created();
        await FillAsync(server, twilio, service);

        await DeleteAsync(server, twilio, service);
        await PurgedAsync(server, "chat_services");
        Assert.Equal(0, await CountAsync(server, """SELECT count(*) AS "Value" FROM messages"""));
    }

    [Theory, OnEachStore]
    public async Task A_service_can_be_deleted_while_its_large_conversations_are(Store store)
    {
        using var server = await StartAsync(store);
        var twilio = await Twilio.NewAccountAsync(server);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        var room = (await twilio.PostAsync($"{service}/Conversations")).Created()["sid"];
        await CopyAsync<Conversation>(server, room, 500, ("sid", "CH"));
        await using (var scope = server.Services.CreateAsyncScope())
        {
            await scope
                .ServiceProvider.GetRequiredService<ConversationsDbContext>()
                .Set<Conversation>()
                .ExecuteUpdateAsync(c =>
                    c.SetProperty(r => r.AccountSid, Resource.NoAccount).SetProperty(r => r.NextMessageIndex, 2000)
                );
        }

        server.Services.GetRequiredService<WorkSignal<Purger>>().Signal();
        await DeleteAsync(server, twilio, service);
        await PurgedAsync(server, "chat_services");
        await PurgedAsync(server);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<TestServer> StartAsync(Store store) => Start(await NewDatabaseAsync(store));

    private async Task<(string Setting, string Value)> NewDatabaseAsync(Store store) =>
        store == Store.Postgres
            ? ("ConnectionStrings:Postgres", await OwnPostgres.NewDatabaseAsync())
            : ("ConnectionStrings:Sqlite", Path.Combine(folder, "conversations.db"));

    private static TestServer Start((string Setting, string Value) database) =>
        TestServer.With([
            // Shorter than the deletion of all rows takes.
            ("Limits:DatabaseSeconds", Rounds.AreLong ? "10" : "1"),
            ("Webhooks:TimeoutSeconds", "0.1"),
            database,
        ]);

    private static TestServer WithoutPurger((string Setting, string Value) database) =>
        TestServer.WithoutSender([
            ("Limits:DatabaseSeconds", Rounds.AreLong ? "10" : "1"),
            ("Control:Enabled", "true"),
            database,
        ]);

    private static async Task<(string Conversation, string Participant)> NewMemberAsync(Twilio twilio)
    {
        var room = await twilio.NewConversationAsync();
        return (room, await twilio.NewParticipantAsync(room, ("Identity", "alice")));
    }

    private static async Task AssertGoneAsync(Twilio twilio, string path) =>
        (await twilio.GetAsync($"/v1{path}")).Is(TwilioErrors.NotFound(path));

    private static string Phone(int number) => $"+1555867532{number}";

    /// <summary>Makes the conversation a group text of three.</summary>
    private static async Task FillGroupAsync(Twilio twilio, string room, string first)
    {
        (string, string)[] projected = [("Identity", "carol"), ("MessagingBinding.ProjectedAddress", "+15017122662")];
        (await twilio.PostAsync($"{room}/Participants", projected)).Created();
        foreach (var number in new[] { first, "+15558675312" })
        {
            (await twilio.PostAsync($"{room}/Participants", ("MessagingBinding.Address", number))).Created();
        }
    }

    /// <summary>A role of alice and that many other users.</summary>
    private static async Task<string> NewHeldRoleAsync(TestServer server, Twilio twilio, int count)
    {
        var role = await twilio.NewRoleAsync("service");
        var user = (await twilio.PostAsync("/v1/Users", ("Identity", "alice"), ("RoleSid", role))).Created()["sid"];
        await CopyAsync<User>(server, user, count, ("sid", "US"), ("identity", "ID"));
        return role;
    }

    /// <summary>The state after half of a role's deletion.</summary>
    private static async Task InterruptAsync(TestServer server, string role)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var holders = scope.ServiceProvider.GetServices<RoleHolder>();
        await db.InTransactionAsync(
            async () =>
            {
                await db.AddStandInAsync(await db.Set<Role>().SingleAsync(r => r.Sid == role), default);
                return await db.SaveChangesAsync();
            },
            default
        );
        foreach (var holder in holders)
        {
            await holder.ReplaceAsync(db, role, DeletedRoles.StandInOf(role), Rows / 2, default);
        }
    }

    /// <summary>The roles of the first thousand users.</summary>
    private static async Task<IReadOnlyList<string>> RolesAsync(Twilio twilio) =>
        [
            .. (await twilio.GetAsync("Users?PageSize=1000")).Ok().Body["users"]!
                .AsArray()
                .Select(user => (string)user!["role_sid"]!)
                .Distinct(),
        ];

    /// <summary>Waits until nothing is left of deleted conversations.</summary>
    private static async Task PurgedAsync(TestServer server)
    {
        await PurgedAsync(server, "conversations");
        Assert.Equal(0, await CountAsync(server, """SELECT count(*) AS "Value" FROM messages"""));
    }

    /// <summary>Waits until nothing is left of deleted rows of the table.</summary>
    private static async Task PurgedAsync(TestServer server, string table)
    {
        var sql = $"""SELECT count(*) AS "Value" FROM {table} WHERE account_sid = ''""";
        for (var started = Stopwatch.GetTimestamp(); await CountAsync(server, sql) > 0; await Task.Delay(50))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(4), "A deletion does not end.");
        }
    }

    /// <summary>A conversation with <see cref="Rows"/> messages and one participant fewer than it can have.</summary>
    private static async Task<string> FillAsync(TestServer server, Twilio twilio, string service)
    {
        const int more = ConversationLock.MaxParticipants - 2;
        var sid = (await twilio.PostAsync($"{service}/Conversations")).Created()["sid"];
        var room = $"{service}/Conversations/{sid}";
        var alice = (await twilio.PostAsync($"{room}/Participants", ("Identity", "alice"))).Created()["sid"];
        var user = (await twilio.GetAsync($"{service}/Users/alice")).Ok()["sid"];
        var text = new string('x', 200);
        var message = (await twilio.PostAsync($"{room}/Messages", ("Body", text))).Created()["sid"];
        await CopyAsync<User>(server, user, more, ("sid", "US"), ("identity", "ID"));
        await CopyAsync<Participant>(server, alice, more, ("sid", "MB"), ("user_sid", "US"), ("identity", "ID"));
        await CopyAsync<Message>(server, message, Rows, ("sid", "IM"), ("index", ""));
        await using var scope = server.Services.CreateAsyncScope();
        await scope
            .ServiceProvider.GetRequiredService<ConversationsDbContext>()
            .Set<Conversation>()
            .Where(c => c.Sid == sid)
            .ExecuteUpdateAsync(c =>
                c.SetProperty(r => r.ParticipantCount, more + 1).SetProperty(r => r.NextMessageIndex, Rows + 1L)
            );
        return room;
    }

    private async Task DeleteAsync(TestServer server, Twilio twilio, string path)
    {
        var neighbour = await Twilio.NewAccountAsync(server);
        var started = Stopwatch.GetTimestamp();
        var deletion = twilio.DeleteAsync(path);
        var slowest = TimeSpan.Zero;
        do
        {
            var asked = Stopwatch.GetTimestamp();
            (await neighbour.PostAsync("/v1/Conversations")).Created();
            var waited = Stopwatch.GetElapsedTime(asked);
            slowest = waited > slowest ? waited : slowest;
        } while (await Task.WhenAny(deletion, Task.Delay(20)) != deletion);

        (await deletion).NoContent();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (seconds > 2)
        {
            // In one statement it would let a writer of SQLite wait for all of it. A short deletion tells nothing.
            Assert.InRange(slowest.TotalSeconds, 0, seconds / 2);
        }

        (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        output.WriteLine(
            $"{Rows} rows in {seconds:0.0} s, {Rows / seconds:0} a second; "
                + $"a neighbour waited {slowest.TotalSeconds:0.00} s"
        );
    }

    /// <summary>
    /// Copies a row <see cref="Rows"/> times. The given columns get a prefix and the number of the copy.
    /// </summary>
    private static Task CopyAsync<T>(TestServer server, string sid, params (string Column, string Prefix)[] changed) =>
        CopyAsync<T>(server, sid, Rows, changed);

    /// <param name="count">How many copies.</param>
    private static async Task CopyAsync<T>(
        TestServer server,
        string sid,
        int count,
        params (string Column, string Prefix)[] changed
    )
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(5));
        var isPostgres = db.Database.IsNpgsql();
        var type = db.Model.FindEntityType(typeof(T))!;
        string[] columns = [.. type.GetProperties().Select(property => property.GetColumnName())];
        var values = columns.Select(column =>
            Array.Find(changed, change => change.Column == column) is not { Prefix: { } prefix } ? $"r.\"{column}\""
            : prefix is "" ? "n.i"
            : isPostgres ? $"'{prefix}' || lpad(to_hex(n.i), 32, '0')"
            : $"printf('{prefix}%032x', n.i)"
        );
        var numbers = isPostgres
            ? $"generate_series(1, {count}) AS n (i)"
            : $"(WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {count}) SELECT i FROM s) n";
        var insert = string.Join(
            ' ',
            $"INSERT INTO {type.GetTableName()} ({string.Join(", ", columns.Select(column => $"\"{column}\""))})",
            $"SELECT {string.Join(", ", values)} FROM {type.GetTableName()} AS r CROSS JOIN {numbers}",
            "WHERE r.sid = {0}"
        );
        Assert.Equal(count, await db.Database.ExecuteSqlRawAsync(insert, sid));
    }

    private static async Task<long> CountAsync(TestServer server, string sql)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        return await db.Database.SqlQueryRaw<long>(sql).SingleAsync();
    }
}
