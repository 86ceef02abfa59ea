using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Webhooks;

/// <summary>
/// Pre-action webhooks: the receiver may refuse the change or set a conversation's name, and the caller waits for it.
/// </summary>
public sealed class PreActionTests
{
    [Theory, Everywhere]
    public async Task The_caller_waits_and_the_change_is_not_stored_until_the_receiver_answers(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var participants = $"Conversations/{await hooks.Plain.NewConversationAsync()}/Participants";
        var held = hooks.Receiver.Hold();

        var create = hooks.Twilio.PostAsync(participants, ("Identity", "alice"));
        await hooks.Receiver.GotAsync("onParticipantAdd");

        Assert.Empty((await hooks.Plain.GetAsync(participants)).Ok().Body["participants"]!.AsArray());
        Assert.False(create.IsCompleted);
        held.SetResult(new());
        var answer = (await create).Created();
        Assert.Equal(answer.Text, (await hooks.Plain.GetAsync($"{participants}/alice")).Ok().Text);
    }

    /// <summary>URLs that an earlier version accepted.</summary>
    [Theory]
    [OnEachStore("http://abא.example/")]
    [OnEachStore("mailto:a@example.com")]
    [OnEachStore("no URL")]
    public async Task A_receiver_that_cannot_be_called_at_all_does_not_answer(Store store, string url)
    {
        await using var hooks = await Hooked.NewAsync(store);
        await using (var scope = hooks.Plain.Server.Services.CreateAsyncScope())
        {
            await scope
                .ServiceProvider.GetRequiredService<ConversationsDbContext>()
                .Set<WebhookSettings>()
                .Where(s => s.OwnerSid == hooks.Plain.AccountSid)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.PreWebhookUrl, url));
        }

        (await hooks.Twilio.PostAsync("Conversations", ("FriendlyName", "a name"))).Created();
    }

    [Theory]
    [OnEachStore("onParticipantAdd")]
    [OnEachStore("onParticipantUpdate")]
    [OnEachStore("onParticipantRemove")]
    [OnEachStore("onConversationAdd")]
    [OnEachStore("onConversationUpdate")]
    [OnEachStore("onConversationRemove")]
    [OnEachStore("onMessageAdd")]
    [OnEachStore("onMessageUpdate")]
    [OnEachStore("onMessageRemove")]
    [OnEachStore("onUserUpdate")]
    public async Task A_refused_change_is_not_stored_and_fires_no_post_action_event(Store store, string eventType)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();
        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await hooks.Plain.PostAsync($"Conversations/{conversation}/Messages")).Created();
        var before = await SeenAsync();
        hooks.Receiver.AnswerWith(403, """{"friendly_name":"not applied"}""");

        (await WriteAsync(hooks.Twilio, eventType, conversation)).Is(TwilioErrors.WebhookCancelled);

        Assert.Equal(before, await SeenAsync());
        Assert.Equal([eventType], await hooks.EventsAsync());

        async Task<string> SeenAsync()
        {
            string[] paths =
            [
                "Conversations",
                $"Conversations/{conversation}",
                $"Conversations/{conversation}/Participants",
                $"Conversations/{conversation}/Messages",
                "Users",
            ];
            return string.Join(
                '\n',
                await Task.WhenAll(paths.Select(async path => (await hooks.Plain.GetAsync(path)).Text))
            );
        }
    }

    [Theory, OnEachStore]
    public async Task Every_status_except_success_refuses_and_a_redirect_is_not_followed(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        foreach (var status in (int[])[302, 307, 400, 401, 404, 409, 429, 500, 503])
        {
            hooks.Receiver.Answer = _ =>
                Task.FromResult(new WebhookReply(status, "", [("Location", hooks.Receiver.Url("/elsewhere"))]));
            (await hooks.Twilio.PostAsync("Conversations")).Is(TwilioErrors.WebhookCancelled);
        }

        Assert.All(hooks.Receiver.Requests, request => Assert.Equal("/pre", request.Target));
        Assert.Equal(9, hooks.Receiver.Requests.Count);
        Assert.Empty((await hooks.Plain.GetAsync("Conversations")).Ok().Body["conversations"]!.AsArray());
    }

    [Theory]
    [OnEachStore(200, "")]
    [OnEachStore(200, "{}")]
    [OnEachStore(200, "fine")]
    [OnEachStore(200, "[]")]
    [OnEachStore(200, "null")]
    [OnEachStore(200, "{\"friendly_name\":7,\"unique_name\":\"other\",\"attributes\":\"[]\"}")]
    [OnEachStore(204, "")]
    [OnEachStore(202, "{")]
    public async Task An_answer_without_a_friendly_name_changes_nothing(Store store, int status, string body)
    {
        await using var hooks = await Hooked.NewAsync(store);
        hooks.Receiver.AnswerWith(status, body);

        var answer = (
            await hooks.Twilio.PostAsync("Conversations", ("FriendlyName", "Room"), ("UniqueName", "room"))
        ).Created();

        Assert.Equal(("Room", "room", "{}"), (answer["friendly_name"], answer["unique_name"], answer["attributes"]));
    }

    [Theory, Everywhere]
    public async Task The_friendly_name_of_the_answer_becomes_the_conversations(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);

        hooks.Receiver.AnswerWith(200, """{"friendly_name":"Größe","state":"closed"}""");
        var created = (
            await hooks.Twilio.PostAsync("Conversations", ("FriendlyName", "Room"), ("UniqueName", "room"))
        ).Created();
        Assert.Equal(("Größe", "room", "active"), (created["friendly_name"], created["unique_name"], created["state"]));

        hooks.Receiver.AnswerWith(200, """{"friendly_name":"Grösse"}""");
        var updated = (await hooks.Twilio.PostAsync("Conversations/room", ("Attributes", "[]"))).Ok();
        Assert.Equal(("Grösse", "[]"), (updated["friendly_name"], updated["attributes"]));
        Assert.Equal(updated.Text, (await hooks.Plain.GetAsync("Conversations/room")).Ok().Text);

        // The post-action receiver gets the resulting values.
        Assert.Equal("Größe", (await hooks.Receiver.GotAsync("onConversationAdded"))["FriendlyName"]);
        Assert.Equal("Grösse", (await hooks.Receiver.GotAsync("onConversationUpdated"))["FriendlyName"]);
        Assert.Equal("Room", (await hooks.Receiver.GotAsync("onConversationAdd"))["FriendlyName"]);
    }

    [Theory, OnEachStore]
    public async Task An_invalid_friendly_name_of_the_receiver_gives_the_caller_the_same_error(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync(("FriendlyName", "Room"));
        hooks.Receiver.AnswerWith(200, $$"""{"friendly_name":"{{new string('a', 257)}}"}""");

        (await hooks.Twilio.PostAsync("Conversations")).Is(TwilioErrors.FriendlyNameTooLong);
        (await hooks.Twilio.PostAsync($"Conversations/{conversation}")).Is(TwilioErrors.FriendlyNameTooLong);

        Assert.Equal("Room", (await hooks.Plain.GetAsync($"Conversations/{conversation}")).Ok()["friendly_name"]);
        Assert.Equal(["onConversationAdd", "onConversationUpdate"], await hooks.EventsAsync());
    }

    [Theory, OnEachStore]
    public async Task A_friendly_name_that_is_not_text_is_refused_or_ignored(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        hooks.Receiver.AnswerWith(200, """{"friendly_name":"a\u0000b"}""");
        (await hooks.Twilio.PostAsync("Conversations")).Is(TwilioErrors.MalformedRequest);

        hooks.Receiver.AnswerWith(200, """{"friendly_name":"a\ud800b"}""");
        Assert.Null((await hooks.Twilio.PostAsync("Conversations")).Created().Body["friendly_name"]);
    }

    [Theory, OnEachStore]
    public async Task The_receiver_is_not_called_for_an_invalid_request(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync(("UniqueName", "room"));
        var participants = $"Conversations/{conversation}/Participants";
        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));

        (await hooks.Twilio.PostAsync(participants)).Is(TwilioErrors.IdentityNotProvided);
        (await hooks.Twilio.PostAsync(participants, ("Identity", "alice"))).Is(TwilioErrors.ParticipantExists);
        (await hooks.Twilio.PostAsync($"{participants}/alice", ("Attributes", "no JSON"))).Is(
            TwilioErrors.AttributesNotJson
        );
        (await hooks.Twilio.DeleteAsync($"{participants}/bob")).Is(TwilioErrors.NotFound($"/{participants}/bob"));
        (await hooks.Twilio.PostAsync("Conversations", ("UniqueName", "room"))).Is(TwilioErrors.UniqueNameExists);
        (await hooks.Twilio.PostAsync("Conversations/room", ("State", "open"))).Is(TwilioErrors.InvalidState);
        (await hooks.Twilio.PostAsync("Users/alice", ("Attributes", "no JSON"))).Is(TwilioErrors.AttributesNotJson);

        Assert.Empty(await hooks.EventsAsync());
    }

    [Theory, OnEachStore]
    public async Task Other_writes_continue_while_a_receiver_decides_even_in_the_same_conversation(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();
        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        var held = hooks.Receiver.Hold();
        Task<Answer>[] waiting =
        [
            hooks.Twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "bob")),
            hooks.Twilio.PostAsync($"Conversations/{conversation}/Participants/alice", ("Attributes", "[1]")),
            hooks.Twilio.PostAsync("Users/alice", ("FriendlyName", "Alice")),
            hooks.Twilio.PostAsync("Conversations"),
        ];
        await hooks.Receiver.GotAsync(waiting.Length);

        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "carol"));
        (
            await hooks.Plain.PostAsync(
                $"Conversations/{conversation}/Participants/alice",
                ("LastReadMessageIndex", "3")
            )
        ).Ok();
        (await hooks.Plain.PostAsync($"Conversations/{conversation}", ("FriendlyName", "Room"))).Ok();
        await hooks.Plain.NewParticipantAsync(await hooks.Plain.NewConversationAsync(), ("Identity", "alice"));

        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        held.SetResult(new());
        Assert.All(await Task.WhenAll(waiting), answer => Assert.True((int)answer.Status is 200 or 201, answer.Text));
        var alice = (await hooks.Plain.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok();
        Assert.Equal(("[1]", 3), (alice["attributes"], alice.Body["last_read_message_index"]!.GetValue<int>()));
        await Invariants.HoldAsync(hooks.Plain);
    }

    [Theory, Everywhere]
    public async Task Rules_are_checked_again_after_the_receiver_answers(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        var participants = $"Conversations/{conversation}/Participants";
        var gone = await hooks.Plain.NewConversationAsync();
        await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));

        await ChangesWhileWaitingAsync(
            () => hooks.Twilio.PostAsync(participants, ("Identity", "bob")),
            () => hooks.Plain.NewParticipantAsync(conversation, ("Identity", "bob")),
            TwilioErrors.ParticipantExists
        );
        await ChangesWhileWaitingAsync(
            () => hooks.Twilio.PostAsync("Conversations", ("UniqueName", "room")),
            () => hooks.Plain.NewConversationAsync(("UniqueName", "room")),
            TwilioErrors.UniqueNameExists
        );
        await ChangesWhileWaitingAsync(
            () => hooks.Twilio.PostAsync($"{participants}/alice", ("Attributes", "[]")),
            () => hooks.Plain.DeleteAsync($"{participants}/alice"),
            TwilioErrors.NotFound(hooks.Plain.PathOf($"{participants}/alice")["/v1".Length..])
        );
        await ChangesWhileWaitingAsync(
            () => hooks.Twilio.PostAsync($"Conversations/{gone}/Participants", ("Identity", "alice")),
            () => hooks.Plain.DeleteAsync($"Conversations/{gone}"),
            TwilioErrors.NotFound(hooks.Plain.PathOf($"Conversations/{gone}/Participants")["/v1".Length..])
        );
        await ChangesWhileWaitingAsync(
            () => hooks.Twilio.PostAsync(participants, ("Identity", "carol")),
            () => hooks.Plain.PostAsync($"Conversations/{conversation}", ("State", "closed")),
            TwilioErrors.ConversationClosed
        );

        Assert.DoesNotContain(await hooks.EventsAsync(), name => name.EndsWith("ed", StringComparison.Ordinal));
        await Invariants.HoldAsync(hooks.Plain);

        async Task ChangesWhileWaitingAsync(Func<Task<Answer>> write, Func<Task> change, TwilioError error)
        {
            var count = hooks.Receiver.Requests.Count;
            var held = hooks.Receiver.Hold();
            var answer = write();
            await hooks.Receiver.GotAsync(count + 1);
            await change();
            held.SetResult(new());
            (await answer).Is(error);
        }
    }

    [Theory, OnEachStore]
    public async Task An_unreachable_receiver_does_not_stop_the_change(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        await hooks.Receiver.DownAsync();

        var conversation = await hooks.Twilio.NewConversationAsync();
        await hooks.Twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        (await hooks.Plain.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok();
    }

    [Theory, OnEachStore]
    public async Task A_receiver_that_times_out_does_not_stop_the_change(Store store)
    {
        await using var hooks = await Hooked.NewAsync(
            await Twilio.NewAccountAsync(await WebhookServers.WithShortTimeoutAsync(store)),
            ("PostWebhookUrl", "")
        );
        var conversation = await hooks.Plain.NewConversationAsync();
        TaskCompletionSource<WebhookReply> never = new();
        hooks.Receiver.Answer = request =>
            request["EventType"] == "onConversationAdd"
                ? never.Task
                : Task.FromResult(new WebhookReply(200, """{"friendly_name":""", IsEndless: true));

        await Task.WhenAll(
            hooks.Twilio.NewConversationAsync(),
            hooks.Twilio.NewParticipantAsync(conversation, ("Identity", "alice"))
        );

        Assert.Equal(["onConversationAdd", "onParticipantAdd"], await hooks.EventsAsync());
    }

    [Theory]
    [OnEachStore(403, 1, false)]
    [OnEachStore(200, 1, true)]
    [OnEachStore(403, 100_000, false)]
    [OnEachStore(200, 100_000, true)]
    public async Task The_status_decides_with_any_body(Store store, int status, int length, bool passes)
    {
        await using var hooks = await Hooked.NewAsync(store);
        hooks.Receiver.Answer = _ =>
            Task.FromResult(
                new WebhookReply(
                    status,
                    new string(' ', length),
                    [("Content-Type", "text/plain; charset=no-such-charset")]
                )
            );

        var answer = await hooks.Twilio.PostAsync("Conversations", ("FriendlyName", "Room"));

        if (passes)
        {
            Assert.Equal("Room", answer.Created()["friendly_name"]);
        }
        else
        {
            answer.Is(TwilioErrors.WebhookCancelled);
        }
    }

    [Fact]
    public async Task No_pre_action_webhook_is_called_with_PostOnly()
    {
        using var server = TestServer.With(("Webhooks:PostOnly", "true"));
        await using var hooks = await Hooked.NewAsync(await Twilio.NewAccountAsync(server));
        hooks.Receiver.AnswerWith(200);

        await hooks.Twilio.NewConversationAsync();

        Assert.Equal(["onConversationAdded"], await hooks.EventsAsync());
    }

    private static async Task<Answer> WriteAsync(Twilio twilio, string eventType, string conversation)
    {
        var messages = $"Conversations/{conversation}/Messages";
        var message = (await twilio.GetAsync(messages)).Ok().Body["messages"]!.AsArray();
        var url = message is [] ? messages : message[0]!["url"]!.GetValue<string>();
        return await (
            eventType switch
            {
                "onMessageAdd" => twilio.PostAsync(messages),
                "onMessageUpdate" => twilio.PostAsync(url, ("Body", "x")),
                "onMessageRemove" => twilio.DeleteAsync(url),
                "onParticipantAdd" => twilio.PostAsync(
                    $"Conversations/{conversation}/Participants",
                    ("Identity", "bob")
                ),
                "onParticipantUpdate" => twilio.PostAsync(
                    $"Conversations/{conversation}/Participants/alice",
                    ("Attributes", "[]")
                ),
                "onParticipantRemove" => twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice"),
                "onConversationAdd" => twilio.PostAsync("Conversations"),
                "onConversationUpdate" => twilio.PostAsync($"Conversations/{conversation}", ("State", "closed")),
                "onConversationRemove" => twilio.DeleteAsync($"Conversations/{conversation}"),
                _ => twilio.PostAsync("Users/alice", ("FriendlyName", "Alice")),
            }
        );
    }
}
