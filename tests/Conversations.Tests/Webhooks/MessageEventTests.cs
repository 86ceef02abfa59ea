using Conversations.Api.Errors;

namespace Conversations.Tests.Webhooks;

/// <summary>The events of messages: their fields, and what a pre-action webhook may change.</summary>
public sealed class MessageEventTests
{
    private const string Media = "ME0123456789abcdef0123456789abcdef";

    [Theory, Everywhere]
    public async Task Create_update_and_delete_fire_their_events_with_all_fields(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        var alice = await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        var messagingService = (await hooks.Plain.GetAsync($"Conversations/{conversation}")).Ok()[
            "messaging_service_sid"
        ];
        var messages = $"Conversations/{conversation}/Messages";
        (await hooks.Plain.PostAsync(messages)).Created();

        var created = (
            await hooks.Twilio.PostAsync(
                messages,
                ("Author", "alice"),
                ("Body", "größer & mehr"),
                ("Attributes", "[1]"),
                ("Subject", "not sent"),
                ("DateCreated", "2020-01-01T00:00:00.5Z")
            )
        ).Created();

        (string, string?)[] common =
        [
            ("ConversationSid", conversation),
            ("Author", "alice"),
            ("ParticipantSid", alice),
            ("Body", "größer & mehr"),
            ("Attributes", "[1]"),
        ];
        await hooks.ToldAsync("onMessageAdd", common);
        (string, string?)[] existing =
        [
            .. common,
            ("MessageSid", created["sid"]),
            ("Index", "1"),
            ("DateCreated", "2020-01-01T00:00:00~Z"),
        ];
        await hooks.ToldAsync("onMessageAdded", [.. existing, ("MessagingServiceSid", messagingService)]);

        (await hooks.Twilio.PostAsync(created["url"], ("DateUpdated", "2021-01-01T00:00:00Z"))).Ok();
        (string, string?) dateBefore = ("DateUpdated", "2020-01-01T00:00:00~Z");
        (string, string?) dateAfter = ("DateUpdated", "2021-01-01T00:00:00~Z");
        await hooks.ToldAsync("onMessageUpdate", [.. existing, dateBefore]);
        await hooks.ToldAsync("onMessageUpdated", [.. existing, dateAfter]);

        (await hooks.Twilio.DeleteAsync(created["url"])).NoContent();
        await hooks.ToldAsync("onMessageRemove", [.. existing, dateAfter]);
        await hooks.ToldAsync("onMessageRemoved", [.. existing, dateAfter, ("DateRemoved", "*")]);
        Assert.Equal(6, (await hooks.EventsAsync()).Length);
    }

    [Theory, OnEachStore]
    public async Task The_event_of_a_media_message_has_the_media_and_no_body(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var conversation = await hooks.Plain.NewConversationAsync();

        (await hooks.Twilio.PostAsync($"Conversations/{conversation}/Messages", ("MediaSid", Media))).Created();

        await hooks.ToldAsync(
            "onMessageAdd",
            ("ConversationSid", conversation),
            ("Author", "system"),
            ("Attributes", "{}"),
            ("Media", $$"""[{"Sid":"{{Media}}","Filename":null,"ContentType":"application/octet-stream","Size":0}]""")
        );
    }

    [Theory, OnEachStore]
    public async Task An_update_without_parameters_and_a_request_without_the_header_fire_nothing(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var messages = $"Conversations/{await hooks.Plain.NewConversationAsync()}/Messages";

        var message = (await hooks.Plain.PostAsync(messages)).Created();
        (await hooks.Twilio.PostAsync(message["url"])).Ok();
        (await hooks.Plain.PostAsync(message["url"], ("Body", "x"))).Ok();
        (await hooks.Plain.DeleteAsync(message["url"])).NoContent();

        Assert.Empty(await hooks.EventsAsync());
    }

    [Theory, Everywhere]
    public async Task A_message_that_wakes_a_conversation_fires_the_change_of_state_after_its_own_event(
        Store store,
        Shape shape
    )
    {
        await using var hooks = await Hooked.PostOnlyAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync(("State", "inactive"));
        var messages = $"Conversations/{conversation}/Messages";

        (await hooks.Twilio.PostAsync(messages)).Created();
        (await hooks.Twilio.PostAsync(messages)).Created();

        var messagingService = (await hooks.Plain.GetAsync($"Conversations/{conversation}")).Ok()[
            "messaging_service_sid"
        ];
        await hooks.ToldAsync(
            "onConversationStateUpdated",
            ("ConversationSid", conversation),
            ("MessagingServiceSid", messagingService),
            ("StateUpdated", "*"),
            ("StateFrom", "inactive"),
            ("StateTo", "active"),
            ("Reason", "EVENT")
        );
        await Hooked.EmptyAsync(hooks.Plain);
        Assert.Equal(
            ["onMessageAdded", "onConversationStateUpdated", "onMessageAdded"],
            hooks.Receiver.Requests.Select(request => request["EventType"])
        );
    }

    [Theory, Everywhere]
    public async Task The_webhooks_of_a_conversation_get_the_post_action_events(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        await hooks.NewWebhookAsync(conversation, "/own", "onMessageAdded", "onMessageRemoved");
        await hooks.NewWebhookAsync(await hooks.Plain.NewConversationAsync(), "/other", "onMessageAdded");

        var message = (await hooks.Twilio.PostAsync($"Conversations/{conversation}/Messages")).Created();
        (await hooks.Twilio.PostAsync(message["url"], ("Body", "x"))).Ok();
        (await hooks.Twilio.DeleteAsync(message["url"])).NoContent();

        await Hooked.EmptyAsync(hooks.Plain);
        Assert.Equal(
            ["onMessageAdded", "onMessageRemoved"],
            hooks.Receiver.Requests.Where(request => request.Target == "/own").Select(request => request["EventType"])
        );
        Assert.DoesNotContain(hooks.Receiver.Requests, request => request.Target == "/other");
    }

    [Theory, Everywhere]
    public async Task A_new_webhook_with_ReplayAfter_gets_the_earlier_messages_from_that_index_on(
        Store store,
        Shape shape
    )
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        var messages = $"Conversations/{conversation}/Messages";
        for (var index = 0; index < 4; index++)
        {
            (await hooks.Plain.PostAsync(messages, ("Body", $"{index}"))).Created();
        }

        await ReplayAsync("/all", "1", "onMessageAdded", "onMessageRemoved");
        await ReplayAsync("/none", "0", "onMessageRemoved");
        await ReplayAsync("/later", "4", "onMessageAdded");
        (await hooks.Twilio.PostAsync(messages, ("Body", "4"))).Created();

        await Hooked.EmptyAsync(hooks.Plain);
        var told = hooks.Receiver.Requests.ToLookup(request => request.Target, request => request["Index"]);
        Assert.Equal(["1", "2", "3", "4"], told["/all"]);
        Assert.Empty(told["/none"]);
        Assert.Equal(["4"], told["/later"]);
        var first = hooks.Receiver.Requests.First(request => request.Target == "/all");
        Assert.Equal(("onMessageAdded", "1", "0"), (first["EventType"], first["Body"], first["RetryCount"]));

        async Task ReplayAsync(string path, string index, params string[] filters) =>
            (
                await hooks.Plain.PostAsync(
                    $"Conversations/{conversation}/Webhooks",
                    [
                        ("Target", "webhook"),
                        ("Configuration.Url", hooks.Receiver.Url(path)),
                        ("Configuration.ReplayAfter", index),
                        .. filters.Select(name => ("Configuration.Filters", name)),
                    ]
                )
            ).Created();
    }

    [Theory, Everywhere]
    public async Task A_pre_action_webhook_may_change_body_author_and_attributes(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        var conversation = await hooks.Plain.NewConversationAsync();
        var alice = await hooks.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        var messages = $"Conversations/{conversation}/Messages";

        hooks.Receiver.AnswerWith(200, """{"body":"***","author":"alice","attributes":"[2]","index":7}""");
        var created = (await hooks.Twilio.PostAsync(messages, ("Body", "darn"), ("Author", "bob"))).Created();
        Assert.Equal(
            ("***", "alice", alice, "[2]"),
            (created["body"], created["author"], created["participant_sid"], created["attributes"])
        );
        Assert.Equal(0, created.Body["index"]!.GetValue<long>());
        Assert.Equal("darn", (await hooks.Receiver.GotAsync("onMessageAdd"))["Body"]);
        Assert.Equal("***", (await hooks.Receiver.GotAsync("onMessageAdded"))["Body"]);

        hooks.Receiver.AnswerWith(200, """{"body":"","attributes":{"not":"text"}}""");
        var updated = (await hooks.Twilio.PostAsync(created["url"], ("Author", "carol"))).Ok();
        Assert.Equal(("", "carol", "[2]"), (updated["body"], updated["author"], updated["attributes"]));
        Assert.Null(updated.Body["participant_sid"]);
        Assert.Equal(updated.Text, (await hooks.Plain.GetAsync(created["url"])).Ok().Text);
    }

    [Theory, OnEachStore]
    public async Task What_a_pre_action_webhook_wants_is_checked_like_a_parameter(Store store)
    {
        await using var hooks = await Hooked.NewAsync(store);
        var messages = $"Conversations/{await hooks.Plain.NewConversationAsync()}/Messages";
        var message = (await hooks.Plain.PostAsync(messages)).Created();
        (string Answer, TwilioError Error)[] wrong =
        [
            ($$"""{"body":"{{new string('x', 32_769)}}"}""", TwilioErrors.BodyTooLong),
            ($$"""{"author":"{{new string('x', 257)}}"}""", TwilioErrors.AuthorTooLong),
            ("""{"attributes":"{"}""", TwilioErrors.AttributesNotJson),
            ("""{"body":"a\u0000b"}""", TwilioErrors.MalformedRequest),
        ];

        foreach (var (answer, error) in wrong)
        {
            hooks.Receiver.AnswerWith(200, answer);
            (await hooks.Twilio.PostAsync(messages)).Is(error);
            (await hooks.Twilio.PostAsync(message["url"], ("Subject", "x"))).Is(error);
        }

        Assert.Equal(message.Text, (await hooks.Plain.GetAsync(message["url"])).Ok().Text);

        // A refused message takes no index.
        Assert.Equal(1, (await hooks.Plain.PostAsync(messages)).Created().Body["index"]!.GetValue<long>());
    }

    [Theory]
    [OnEachStore(200, "")]
    [OnEachStore(200, "[]")]
    [OnEachStore(200, """{"body":7,"author":null,"Body":"other","attributes":[]}""")]
    [OnEachStore(200, """{"body":"\ud800"}""")]
    [OnEachStore(204, "")]
    public async Task An_answer_without_these_texts_changes_nothing(Store store, int status, string body)
    {
        await using var hooks = await Hooked.NewAsync(store);
        hooks.Receiver.AnswerWith(status, body);

        var message = (
            await hooks.Twilio.PostAsync(
                $"Conversations/{await hooks.Plain.NewConversationAsync()}/Messages",
                ("Body", "as sent"),
                ("Author", "bob"),
                ("Attributes", "[1]")
            )
        ).Created();

        Assert.Equal(("as sent", "bob", "[1]"), (message["body"], message["author"], message["attributes"]));
    }
}
