using System.Net;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Tests.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Conversations;

/// <summary>The timers of conversations. The tests move the stored dates instead of waiting for them.</summary>
public sealed class TimerTests
{
    private static readonly (string, string)[] Both = [("Timers.Inactive", "PT1M"), ("Timers.Closed", "PT10M")];

    // Dates are moved by milliseconds.
    private static readonly TimeSpan OneTick = TimeSpan.FromMilliseconds(2);

    [Theory, Everywhere]
    public async Task A_conversation_becomes_inactive_and_then_closed_at_the_dates_it_shows(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var created = (await twilio.PostAsync("Conversations", Both)).Created();
        var path = $"Conversations/{created["sid"]}";

        await twilio.PassAsync(created["sid"], TimeSpan.FromSeconds(30));
        Assert.Equal("active", (await twilio.GetAsync(path)).Ok()["state"]);

        await twilio.PassAsync(created["sid"], TimeSpan.FromMinutes(5));
        var inactive = (await twilio.GetAsync(path)).Ok();
        Assert.Equal("inactive", inactive["state"]);
        Assert.Equal(Timer(inactive, "date_inactive"), inactive["date_updated"]);
        Assert.NotNull(Timer(inactive, "date_closed"));

        await twilio.PassAsync(created["sid"], TimeSpan.FromMinutes(5));
        var closed = (await twilio.GetAsync(path)).Ok();
        Assert.Equal("closed", closed["state"]);
        Assert.Equal("{}", closed.Body["timers"]!.ToJsonString());
        Assert.Equal(
            created.Date("date_created").AddSeconds(-30),
            closed.Date("date_updated"),
            TimeSpan.FromSeconds(2)
        );
        (await twilio.PostAsync(path, ("FriendlyName", "Desk"))).Is(TwilioErrors.ConversationClosed);
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task The_sweep_changes_the_state_without_a_request(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync(Both);

        await twilio.PassAsync(conversation, TimeSpan.FromMinutes(2));
        await UntilAsync(twilio.Server, conversation, "inactive");
        await twilio.PassAsync(conversation, TimeSpan.FromMinutes(10));
        await UntilAsync(twilio.Server, conversation, "closed");

        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task A_timer_fires_its_event_without_the_header(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var created = (await hooks.Plain.PostAsync("Conversations", ("Timers.Closed", "PT10M"))).Created();
        await hooks.NewWebhookAsync(created["sid"], "/own", "onConversationStateUpdated", "onConversationUpdated");

        await hooks.Plain.PassAsync(created["sid"], TimeSpan.FromMinutes(10));

        await hooks.ToldAsync(
            "onConversationStateUpdated",
            ("ConversationSid", created["sid"]),
            ("StateUpdated", "*"),
            ("StateFrom", "active"),
            ("StateTo", "closed"),
            ("Reason", "TIMER")
        );
        Assert.Equal(["onConversationStateUpdated", "onConversationStateUpdated"], await hooks.EventsAsync());
        Assert.Single(hooks.Receiver.Requests, request => request.Target == "/own");
    }

    [Theory, OnEachStore]
    public async Task Two_missed_dates_are_settled_in_their_order(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        var both = await hooks.Plain.NewConversationAsync(Both);
        var early = await hooks.Plain.NewConversationAsync(("Timers.Inactive", "PT10M"), ("Timers.Closed", "PT10M"));

        await hooks.Plain.Server.PassAsync(TimeSpan.FromHours(1), both, early);
        (await hooks.Plain.GetAsync($"Conversations/{both}")).Ok();
        (await hooks.Plain.GetAsync($"Conversations/{early}")).Ok();

        await Hooked.EmptyAsync(hooks.Plain);
        var told = hooks.Receiver.Requests.ToLookup(
            request => request["ConversationSid"],
            request => $"{request["StateFrom"]} {request["StateTo"]}"
        );
        Assert.Equal(["active inactive", "inactive closed"], told[both]);
        Assert.Equal(["active closed"], told[early]);
        var dates = hooks
            .Receiver.Requests.Where(request => request["ConversationSid"] == both)
            .Select(request => DateTime.Parse(request["StateUpdated"]!, null))
            .ToList();
        Assert.InRange(dates[1] - dates[0] - TimeSpan.FromMinutes(9), -OneTick, OneTick);
    }

    [Theory, OnEachStore]
    public async Task Every_read_and_write_settles_first(Store store)
    {
        // Without the sweep.
        await using var server = TestServer.WithoutSender(await WebhookServers.NewDatabaseAsync(store));
        var twilio = await Twilio.NewAccountAsync(server);
        (Func<string, Task<Answer>> Read, string State)[] reads =
        [
            (sid => twilio.GetAsync($"Conversations/{sid}"), "inactive"),
            (_ => twilio.GetAsync("Conversations"), "inactive"),
            (_ => twilio.GetAsync("Conversations?State=inactive"), "inactive"),
            (_ => twilio.GetAsync("Conversations?State=closed"), "closed"),
            (_ => twilio.GetAsync("Conversations?StartDate=2020-01-01"), "closed"),
            (_ => twilio.GetAsync("ParticipantConversations?Identity=alice"), "inactive"),
            (_ => twilio.GetAsync("Users/alice/Conversations"), "inactive"),
            (sid => twilio.GetAsync($"Users/alice/Conversations/{sid}"), "closed"),
        ];
        foreach (var (read, state) in reads)
        {
            var conversation = await NewDueAsync(state);
            Assert.Contains($"state\":\"{state}\"", (await read(conversation)).Ok().Text, StringComparison.Ordinal);
            Assert.Equal(state, await StateAsync(server, conversation));
            (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();
        }

        Assert.Empty(
            (await twilio.GetAsync($"Conversations?State=active&X={await NewDueAsync("closed")}")).Ok().Body[
                "conversations"
            ]!.AsArray()
        );

        Func<string, string, string, Task<Answer>>[] writes =
        [
            (path, _, _) => twilio.PostAsync(path, ("State", "active")),
            (path, _, _) => twilio.PostAsync($"{path}/Messages"),
            (_, message, _) => twilio.PostAsync(message, ("Body", "x")),
            (_, message, _) => twilio.DeleteAsync(message),
            (path, _, _) => twilio.PostAsync($"{path}/Participants", ("Identity", "bob")),
            (path, _, _) => twilio.PostAsync($"{path}/Participants/alice", ("Attributes", "[]")),
            (path, _, sms) =>
                twilio.PostAsync($"{path}/Participants/{sms}", ("MessagingBinding.ProxyAddress", "+15017122662")),
            (path, _, _) => twilio.DeleteAsync($"{path}/Participants/alice"),
            (path, _, _) => twilio.PostAsync($"Users/alice/{path}", ("NotificationLevel", "muted")),
            (path, _, _) => twilio.DeleteAsync($"Users/alice/{path}"),
            (path, _, _) =>
                twilio.PostAsync(
                    $"{path}/Webhooks",
                    ("Target", "webhook"),
                    ("Configuration.Url", "http://localhost:1/"),
                    ("Configuration.Filters", "onMessageAdded")
                ),
        ];
        foreach (var write in writes)
        {
            var conversation = await twilio.NewConversationAsync(Both);
            var path = $"Conversations/{conversation}";
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
            var sms = await twilio.NewParticipantAsync(
                conversation,
                ("MessagingBinding.Address", "+15558675310"),
                ("MessagingBinding.ProxyAddress", "+15017122661")
            );
            var message = (await twilio.PostAsync($"{path}/Messages")).Created()["url"];
            await twilio.PassAsync(conversation, TimeSpan.FromMinutes(11));

            (await write(path, message, sms)).Is(TwilioErrors.ConversationClosed);
            Assert.Equal("closed", await StateAsync(server, conversation));
        }

        await Invariants.HoldAsync(twilio);

        async Task<string> NewDueAsync(string state)
        {
            var conversation = await twilio.NewConversationAsync(Both);
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
            await twilio.PassAsync(conversation, TimeSpan.FromMinutes(state == "inactive" ? 2 : 11));
            return conversation;
        }
    }

    [Theory, OnEachStore]
    public async Task A_pair_of_addresses_is_free_when_the_timer_of_its_conversation_has_expired(Store store)
    {
        await using var server = TestServer.WithoutSender(await WebhookServers.NewDatabaseAsync(store));
        var twilio = await Twilio.NewAccountAsync(server);
        (string, string)[] pair =
        [
            ("MessagingBinding.Address", "+15558675310"),
            ("MessagingBinding.ProxyAddress", "+15017122661"),
        ];
        var first = await twilio.NewConversationAsync(Both);
        await twilio.NewParticipantAsync(first, pair);
        var next = await twilio.NewConversationAsync();
        (await twilio.PostAsync($"Conversations/{next}/Participants", pair)).Is(TwilioErrors.BindingInUse(first));

        await twilio.PassAsync(first, TimeSpan.FromMinutes(11));

        await twilio.NewParticipantAsync(next, pair);
        Assert.Equal("closed", (await twilio.GetAsync($"Conversations/{first}")).Ok()["state"]);

        // The same for a change of the proxy address.
        var third = await twilio.NewConversationAsync(Both);
        var held = ("MessagingBinding.ProxyAddress", "+15017122662");
        await twilio.NewParticipantAsync(third, pair[0], held);
        var participant = (await twilio.GetAsync($"Conversations/{next}/Participants")).Ok().Body["participants"]![0]!;
        var path = $"Conversations/{next}/Participants/{participant["sid"]}";
        (await twilio.PostAsync(path, ("MessagingBinding.ProxyAddress", "null"))).Ok();
        (await twilio.PostAsync(path, held)).Is(TwilioErrors.BindingInUse(third));
        await twilio.PassAsync(third, TimeSpan.FromMinutes(11));
        (await twilio.PostAsync(path, held)).Ok();
        await Invariants.HoldAsync(twilio);
    }

    [NeedsPostgres]
    public async Task Two_servers_that_sweep_change_each_conversation_once()
    {
        const int Count = 40;
        var database = await WebhookServers.NewDatabaseAsync(Store.Postgres);
        await using var first = TestServer.With(database);
        await using var second = TestServer.With(database);
        var twilio = await Twilio.NewAccountAsync(first);
        Assert.Equal(twilio.AccountSid, await second.TakeAccountAsync());
        await using var hooks = await Hooked.NewAsync(twilio, ("PreWebhookUrl", ""));
        var sids = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => twilio.NewConversationAsync(Both)));
        await Task.WhenAll(sids.Select(sid => twilio.NewParticipantAsync(sid, ("Identity", "alice"))));

        await first.PassAsync(TimeSpan.FromMinutes(11), sids);

        await hooks.Receiver.GotAsync(2 * Count);
        await Hooked.EmptyAsync(twilio);
        Assert.Equal(2 * Count, hooks.Receiver.Requests.Count);
        Assert.All(
            hooks.Receiver.Requests.GroupBy(request => request["ConversationSid"]),
            told => Assert.Equal(["inactive", "closed"], told.Select(request => request["StateTo"]))
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Writes_that_meet_the_sweep_leave_a_chain_of_states_that_ends_in_the_stored_one(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        var twilio = hooks.Twilio;
        List<(string Sid, Answer Answer)> written = [];
        for (var round = 0; round < 6; round++)
        {
            var sids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => hooks.Plain.NewConversationAsync(Both)));
            var pass = twilio.Server.PassAsync(TimeSpan.FromMinutes(round % 2 == 1 ? 11 : 2), sids);
            written.AddRange(
                await Task.WhenAll(
                    sids.Select(
                        async (sid, number) =>
                        {
                            await Task.Delay(number * 5);
                            var children = number % 2 == 0 ? "Messages" : "Participants";
                            return (sid, await twilio.PostAsync($"Conversations/{sid}/{children}", ("Identity", "a")));
                        }
                    )
                )
            );
            await pass;
        }

        List<(string Sid, string State)> stored = [];
        foreach (var (sid, answer) in written)
        {
            stored.Add((sid, (await twilio.GetAsync($"Conversations/{sid}")).Ok()["state"]));
            if (answer.Status != HttpStatusCode.Created)
            {
                answer.Is(TwilioErrors.ConversationClosed);
                Assert.Equal("closed", stored[^1].State);
            }
        }

        await Hooked.EmptyAsync(twilio);
        var told = hooks
            .Receiver.Requests.Where(request => request["EventType"] == "onConversationStateUpdated")
            .ToLookup(request => request["ConversationSid"]);
        Assert.All(
            stored,
            conversation =>
            {
                var state = "active";
                foreach (var request in told[conversation.Sid])
                {
                    Assert.Equal(state, request["StateFrom"]);
                    state = request["StateTo"]!;
                }

                Assert.Equal(conversation.State, state);
            }
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task A_new_participant_wakes_an_inactive_conversation_and_starts_its_timers_anew(
        Store store,
        Shape shape
    )
    {
        await using var hooks = await Hooked.PostOnlyAsync(store, shape);
        var twilio = hooks.Twilio;
        var conversation = await hooks.Plain.NewConversationAsync(Both);
        var path = $"Conversations/{conversation}";
        await twilio.PassAsync(conversation, TimeSpan.FromMinutes(2));
        Assert.Equal("inactive", (await twilio.GetAsync(path)).Ok()["state"]);
        var start = DateTime.UtcNow.AddSeconds(-1);

        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        var woken = (await twilio.GetAsync(path)).Ok();
        Assert.Equal("active", woken["state"]);
        Assert.InRange(woken.Date("date_updated"), start, start.AddMinutes(1));
        AssertStarted(woken, start);
        await Hooked.EmptyAsync(twilio);
        Assert.Equal(
            ["onConversationStateUpdated TIMER", "onParticipantAdded ", "onConversationStateUpdated EVENT"],
            hooks
                .Receiver.Requests.Where(request => request["ConversationSid"] == conversation)
                .Select(request => $"{request["EventType"]} {request["Reason"]}")
        );
    }

    [Theory, Everywhere]
    public async Task The_clocks_of_an_active_conversation_go_on_when_a_participant_is_added(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(Both);
        await twilio.PassAsync(conversation, TimeSpan.FromSeconds(20));
        var before = (await twilio.GetAsync($"Conversations/{conversation}")).Ok();

        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "active"))).Ok();

        Assert.Equal(
            before.Body["timers"]!.ToJsonString(),
            (await twilio.GetAsync($"Conversations/{conversation}")).Ok().Body["timers"]!.ToJsonString()
        );
    }

    [Theory, Everywhere]
    public async Task A_request_that_makes_a_conversation_active_starts_both_timers(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync([.. Both, ("State", "inactive")]);
        await twilio.PassAsync(conversation, TimeSpan.FromMinutes(5));
        var start = DateTime.UtcNow.AddSeconds(-1);

        var woken = (await twilio.PostAsync($"Conversations/{conversation}", ("State", "active"))).Ok();

        AssertStarted(woken, start);
        Assert.Equal(woken.Text, (await twilio.GetAsync($"Conversations/{conversation}")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task A_duration_of_zero_removes_a_timer(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        (await twilio.PostAsync("/v1/Configuration", ("DefaultInactiveTimer", "PT1M"))).Ok();
        var created = (await twilio.PostAsync("Conversations", ("Timers.Inactive", "PT0S"))).Created();
        Assert.Equal("{}", created.Body["timers"]!.ToJsonString());

        var other = (await twilio.PostAsync("Conversations", ("Timers.Closed", "pt10m"))).Created();
        Assert.Equal(["date_inactive", "date_closed"], other.Body["timers"]!.AsObject().Select(timer => timer.Key));
        var cleared = (await twilio.PostAsync($"Conversations/{other["sid"]}", ("Timers.Inactive", "P0DT0S"))).Ok();
        Assert.Equal(["date_closed"], cleared.Body["timers"]!.AsObject().Select(timer => timer.Key));

        Assert.Null(
            (await twilio.PostAsync("/v1/Configuration", ("DefaultInactiveTimer", "PT0S"))).Ok().Body[
                "default_inactive_timer"
            ]
        );
        Assert.Equal("{}", (await twilio.PostAsync("Conversations")).Created().Body["timers"]!.ToJsonString());
    }

    private static void AssertStarted(Answer conversation, DateTime start)
    {
        var inactive = DateTime.Parse(Timer(conversation, "date_inactive")!, null).ToUniversalTime();
        Assert.InRange(inactive, start.AddMinutes(1), start.AddMinutes(1).AddSeconds(30));
        Assert.Equal(
            inactive.AddMinutes(9),
            DateTime.Parse(Timer(conversation, "date_closed")!, null).ToUniversalTime()
        );
    }

    private static string? Timer(Answer conversation, string name) =>
        conversation.Body["timers"]![name]?.GetValue<string>();

    private static async Task UntilAsync(TestServer server, string conversation, string state)
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromMinutes(2));
        while (await StateAsync(server, conversation) != state)
        {
            await Task.Delay(50, timeout.Token);
        }
    }

    private static async Task<string> StateAsync(TestServer server, string conversation)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<ConversationsDbContext>()
            .Set<Conversation>()
            .Where(c => c.Sid == conversation)
            .Select(c => c.State)
            .SingleAsync();
    }
}
