using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Conversations.Tests.Webhooks;

/// <summary>The delivery of events from the outbox: all of them, in order, and independent of slow receivers.</summary>
public sealed class DeliveryTests
{
    [Theory, OnEachStore]
    public async Task Three_receivers_get_fifty_quick_updates_once_and_in_order(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        await using var second = await WebhookReceiver.StartAsync();
        var alice = await NewParticipantAsync(hooks);
        await hooks.NewWebhookAsync(ConversationOf(alice), "/own", "onParticipantUpdated");
        (
            await hooks.Plain.PostAsync(
                $"Conversations/{ConversationOf(alice)}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", second.Url()),
                ("Configuration.Filters", "onParticipantUpdated")
            )
        ).Created();

        await UpdateAsync(hooks.Twilio, alice, 0..50);

        await Hooked.EmptyAsync(hooks.Twilio);
        var expected = Enumerable.Range(0, 50).ToList();
        Assert.Equal(expected, Indexes(hooks.Receiver.Requests.Where(request => request.Target == "/post")));
        Assert.Equal(expected, Indexes(hooks.Receiver.Requests.Where(request => request.Target == "/own")));
        Assert.Equal(expected, Indexes(second.Requests));
    }

    [Theory, OnEachStore]
    public async Task Events_of_concurrent_writers_arrive_in_the_order_of_their_changes(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    hooks.Twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", $"user {i}"))
                )
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i => hooks.Twilio.DeleteAsync($"Conversations/{conversation}/Participants/user%20{i}"))
        );
        (await hooks.Twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        (await hooks.Twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();

        await Hooked.EmptyAsync(hooks.Twilio);
        Assert.All(answers, answer => answer.Created());
        List<string?> types =
        [
            .. hooks
                .Receiver.Requests.Where(request => request["ConversationSid"] is not null)
                .Select(request => request["EventType"]),
        ];
        Assert.Equal(
            (List<string?>)
                [
                    .. Enumerable.Repeat("onParticipantAdded", 20),
                    .. Enumerable.Repeat("onParticipantRemoved", 20),
                    "onConversationUpdated",
                    "onConversationStateUpdated",
                    "onConversationRemoved",
                ],
            types
        );
        Assert.Equal(20, hooks.Receiver.Requests.Count(request => request["EventType"] == "onUserAdded"));
    }

    [Theory, OnEachStore]
    public async Task A_slow_receiver_delays_only_the_events_of_its_own_conversation(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        await using var prompt = await WebhookReceiver.StartAsync();
        var (slow, quick) = (await NewParticipantAsync(hooks), await NewParticipantAsync(hooks));
        (
            await hooks.Plain.PostAsync(
                $"Conversations/{ConversationOf(slow)}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", prompt.Url()),
                ("Configuration.Filters", "onParticipantUpdated")
            )
        ).Created();
        TaskCompletionSource<WebhookReply> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        hooks.Receiver.Answer = request =>
            request["ConversationSid"] == ConversationOf(slow) ? held.Task : Task.FromResult(new WebhookReply());

        await UpdateAsync(hooks.Twilio, slow, 0..5);
        await hooks.Receiver.GotAsync(1);
        await UpdateAsync(hooks.Twilio, quick, 0..5);

        Assert.Equal(
            [0, 1, 2, 3, 4],
            Indexes(await hooks.Receiver.GotAsync(5, request => request["ConversationSid"] == ConversationOf(quick)))
        );
        Assert.Equal([0, 1, 2, 3, 4], Indexes(await prompt.GotAsync(5)));
        Assert.Equal(
            [0],
            Indexes(hooks.Receiver.Requests.Where(request => request["ConversationSid"] == ConversationOf(slow)))
        );
        held.SetResult(new());
        Assert.Equal(
            [0, 1, 2, 3, 4],
            Indexes(await hooks.Receiver.GotAsync(5, request => request["ConversationSid"] == ConversationOf(slow)))
        );
    }

    [Theory, OnEachStore]
    public async Task A_receiver_that_was_down_gets_all_events_in_order_when_it_is_up(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        var alice = await NewParticipantAsync(hooks);
        await hooks.Receiver.DownAsync();

        await UpdateAsync(hooks.Twilio, alice, 0..5);
        var first = await TriedAsync(hooks.Twilio);
        Assert.Equal(("onParticipantUpdated", "ConnectionError"), (first.EventType, first.LastError));
        await hooks.Receiver.UpAsync();

        await Hooked.EmptyAsync(hooks.Twilio);
        Assert.Equal([0, 1, 2, 3, 4], Indexes(hooks.Receiver.Requests));
        Assert.NotEqual("0", hooks.Receiver.Requests[0]["RetryCount"]);
        Assert.All(hooks.Receiver.Requests.Skip(1), request => Assert.Equal("0", request["RetryCount"]));
    }

    [Theory, OnEachStore]
    public async Task A_failed_event_is_sent_again_unchanged_before_the_next_event(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        int[] statuses = [302, 307, 400, 404, 410, 500, 503];
        var participants = await Task.WhenAll(statuses.Select(_ => NewParticipantAsync(hooks)));
        var statusOf = participants.Zip(statuses).ToDictionary(pair => ConversationOf(pair.First), pair => pair.Second);
        hooks.Receiver.Answer = request =>
            Task.FromResult(
                new WebhookReply(
                    request["RetryCount"] is "0" or "1" ? statusOf[request["ConversationSid"]!] : 200,
                    "",
                    [("Location", hooks.Receiver.Url("/elsewhere"))]
                )
            );

        await Task.WhenAll(participants.Select(alice => UpdateAsync(hooks.Twilio, alice, 0..2)));

        await Hooked.EmptyAsync(hooks.Twilio);
        foreach (var alice in participants)
        {
            List<WebhookRequest> requests =
            [
                .. hooks.Receiver.Requests.Where(request => request["ConversationSid"] == ConversationOf(alice)),
            ];
            Assert.Equal([0, 0, 0, 1, 1, 1], Indexes(requests));
            Assert.Equal(["0", "1", "2", "0", "1", "2"], requests.Select(request => request["RetryCount"]));
            Assert.Equal(
                requests[0].Text.Replace("RetryCount=0", "RetryCount=2", StringComparison.Ordinal),
                requests[2].Text
            );
            Assert.All(requests, request => Assert.Equal("/post", request.Target));

            // The token lets a receiver recognize a repetition.
            Assert.Equal([TokenOf(requests[0]), TokenOf(requests[3])], requests.Select(TokenOf).Distinct());
        }

        static string TokenOf(WebhookRequest request) => request.Headers["I-Twilio-Idempotency-Token"];
    }

    [Theory, OnEachStore]
    public async Task A_success_status_is_a_success_with_any_body(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        hooks.Receiver.Answer = _ =>
            Task.FromResult(
                new WebhookReply(
                    201,
                    new string('a', 100_000),
                    [("Content-Type", "text/plain; charset=no-such-charset")]
                )
            );

        await UpdateAsync(hooks.Twilio, await NewParticipantAsync(hooks), 0..2);

        await Hooked.EmptyAsync(hooks.Twilio);
        Assert.Equal([0, 1], Indexes(hooks.Receiver.Requests));
    }

    [Theory, OnEachStore]
    public async Task An_event_is_sent_again_when_the_receiver_never_ends_its_answer(Store store)
    {
        await using var hooks = await Hooked.NewAsync(
            await Twilio.NewAccountAsync(await WebhookServers.WithShortTimeoutAsync(store)),
            ("PreWebhookUrl", "")
        );
        var calls = 0;
        hooks.Receiver.Answer = _ =>
            Task.FromResult(new WebhookReply(200, "o", IsEndless: Interlocked.Increment(ref calls) == 1));

        await hooks.Twilio.NewConversationAsync();

        await Hooked.EmptyAsync(hooks.Twilio);
        Assert.Equal(["0", "1"], hooks.Receiver.Requests.Select(request => request["RetryCount"]));
    }

    [Theory, OnEachStore]
    public async Task An_event_that_fails_too_often_is_dead_lettered_until_an_operator_resends_it(Store store)
    {
        var server = await WebhookServers.WithFewAttemptsAsync(store);
        await using var hooks = await Hooked.NewAsync(await Twilio.NewAccountAsync(server), ("PreWebhookUrl", ""));
        var alice = await NewParticipantAsync(hooks);
        hooks.Receiver.Answer = request =>
            Task.FromResult(new WebhookReply(request["LastReadMessageIndex"] == "1" ? 200 : 500));

        await UpdateAsync(hooks.Twilio, alice, 0..2);

        // All attempts of this event, then the next event.
        Assert.Equal([0, 0, 0, 1], Indexes(await hooks.Receiver.GotAsync(WebhookServers.MaxAttempts + 1)));
        var aside = await OneAsync(hooks.Twilio, delivery => delivery.DateDeadLettered is not null);
        Assert.Equal(
            ("onParticipantUpdated", "500", WebhookServers.MaxAttempts),
            (aside.EventType, aside.LastError, aside.Attempts)
        );

        await using var scope = server.Services.CreateAsyncScope();
        var deadLetters = scope.ServiceProvider.GetRequiredService<DeadLetters>();
        Assert.Contains(aside.Id, (await deadLetters.ListAsync(default)).Select(delivery => delivery.Id));
        Assert.Equal(0, await deadLetters.ResendAsync(-1, default));
        hooks.Receiver.AnswerWith(200);
        Assert.Equal(1, await deadLetters.ResendAsync(aside.Id, default));

        await Hooked.EmptyAsync(hooks.Twilio);
        Assert.Equal([0, 0, 0, 1, 0], Indexes(hooks.Receiver.Requests));
    }

    [Theory, OnEachStore]
    public async Task An_event_that_cannot_be_sent_at_all_fails_as_any_other_and_blocks_no_queue(Store store)
    {
        var server = await WebhookServers.WithFewAttemptsAsync(store);
        await using var hooks = await Hooked.NewAsync(await Twilio.NewAccountAsync(server), ("PreWebhookUrl", ""));
        (string Url, string Method, string Body)[] broken =
        [
            ("no URL", "POST", "[]"),
            ("http://abא.example/", "POST", "[]"),
            ("http://\u202e/", "GET", "[]"),
            ("mailto:a@example.com", "POST", "[]"),
            (hooks.Receiver.Url(), "POST", "no JSON"),
            (hooks.Receiver.Url(), "POST", "null"),
        ];

        foreach (var (i, (url, method, body)) in broken.Index())
        {
            await QueueAsync(hooks.Twilio, $"broken {i}", url, method, body);
            await QueueAsync(hooks.Twilio, $"broken {i}", hooks.Receiver.Url($"/{i}"), "POST", "[]");
        }

        await hooks.Receiver.GotAsync(broken.Length);
        var left = await Hooked.OutboxAsync(hooks.Twilio);
        while (left.Exists(delivery => delivery.DateDeadLettered is null))
        {
            await Task.Delay(20);
            left = await Hooked.OutboxAsync(hooks.Twilio);
        }

        Assert.Equal(broken.Select(one => one.Url), left.Select(delivery => delivery.Url));
        Assert.All(
            left,
            delivery =>
            {
                Assert.Equal(WebhookServers.MaxAttempts, delivery.Attempts);
                Assert.NotNull(delivery.DateDeadLettered);
                Assert.NotNull(delivery.LastError);
            }
        );
    }

    [Theory, OnEachStore]
    public async Task A_failed_write_queues_no_event(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();
        var participants = $"Conversations/{conversation}/Participants";

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => hooks.Twilio.PostAsync(participants, ("Identity", "alice")))
        );

        var winner = answers.Single(answer => (int)answer.Status == 201);
        Assert.All(answers.Where(answer => answer != winner), answer => answer.Is(TwilioErrors.ParticipantExists));
        (await hooks.Twilio.PostAsync($"{participants}/alice", ("Attributes", "no JSON"))).Is(
            TwilioErrors.AttributesNotJson
        );
        (await hooks.Twilio.DeleteAsync($"{participants}/bob")).Is(TwilioErrors.NotFound($"/{participants}/bob"));
        Assert.Equal(["onParticipantAdded", "onUserAdded"], await hooks.EventsAsync());
        Assert.Equal(winner["sid"], (await hooks.Receiver.GotAsync("onParticipantAdded"))["ParticipantSid"]);
    }

    [Theory, OnEachStore]
    public async Task Webhooks_of_other_targets_are_never_called(Store store)
    {
        await using var hooks = await Hooked.PostOnlyAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();
        (
            await hooks.Plain.PostAsync(
                $"Conversations/{conversation}/Webhooks",
                ("Target", "trigger"),
                ("Configuration.Url", hooks.Receiver.Url("/trigger")),
                ("Configuration.Triggers", "alice")
            )
        ).Created();

        await hooks.Twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        await Hooked.EmptyAsync(hooks.Twilio);
        Assert.All(hooks.Receiver.Requests, request => Assert.Equal("/post", request.Target));
    }

    [Fact]
    public async Task A_stopping_server_finishes_the_current_delivery_and_keeps_the_rest_of_the_queue()
    {
        const int count = 5;
        await using var server = TestServer.With();
        await using var hooks = await Hooked.NewAsync(await Twilio.NewAccountAsync(server), ("PreWebhookUrl", ""));
        var alice = await NewParticipantAsync(hooks);
        var held = hooks.Receiver.Hold();
        await UpdateAsync(hooks.Twilio, alice, 0..count);
        await hooks.Receiver.GotAsync(1);

        var stop = server.Services.GetServices<IHostedService>().OfType<WebhookSender>().Single().StopAsync(default);
        Assert.False(stop.IsCompleted);
        held.SetResult(new());
        await stop;

        Assert.Equal([0], Indexes(hooks.Receiver.Requests));
        Assert.Equal(count - 1, (await Hooked.OutboxAsync(hooks.Twilio)).Count);
    }

    private static async Task QueueAsync(Twilio twilio, string queue, string url, string method, string body)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        db.Add(
            new WebhookDelivery
            {
                EventId = Guid.NewGuid(),
                AccountSid = twilio.AccountSid,
                Queue = $"{twilio.AccountSid} {queue}",
                EventType = "onUserAdded",
                Url = url,
                Method = method,
                Body = body,
                DateCreated = DateTime.UtcNow,
                NextAttempt = DateTime.UtcNow,
            }
        );
        await db.SaveChangesAsync();
    }

    /// <summary>Creates a participant without events and returns its path.</summary>
    private static async Task<string> NewParticipantAsync(Hooked hooks)
    {
        var conversation = await hooks.Plain.NewConversationAsync();
        return $"Conversations/{conversation}/Participants/"
            + $"{await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"))}";
    }

    private static string ConversationOf(string participant) => participant.Split('/')[1];

    private static async Task UpdateAsync(Twilio twilio, string participant, Range indexes)
    {
        for (var i = indexes.Start.Value; i < indexes.End.Value; i++)
        {
            (
                await twilio.PostAsync(participant, ("LastReadMessageIndex", i.ToString(CultureInfo.InvariantCulture)))
            ).Ok();
        }
    }

    private static List<int> Indexes(IEnumerable<WebhookRequest> requests) =>
        [.. requests.Select(request => int.Parse(request["LastReadMessageIndex"]!, CultureInfo.InvariantCulture))];

    private static Task<WebhookDelivery> TriedAsync(Twilio twilio) =>
        OneAsync(twilio, delivery => delivery.LastError is not null);

    private static async Task<WebhookDelivery> OneAsync(Twilio twilio, Func<WebhookDelivery, bool> which)
    {
        using CancellationTokenSource timeout = new(WebhookReceiver.MaxWait);
        while (true)
        {
            if ((await Hooked.OutboxAsync(twilio)).Find(delivery => which(delivery)) is { } found)
            {
                return found;
            }

            await Task.Delay(20, timeout.Token);
        }
    }
}
