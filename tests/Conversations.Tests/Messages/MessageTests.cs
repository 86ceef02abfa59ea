using System.Net;
using Conversations.Api.Errors;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Messages;

/// <summary>Create, fetch, update and delete of messages.</summary>
public sealed class MessageTests
{
    private const string Media = "ME0123456789abcdef0123456789abcdef";

    private const string Content = "HX0123456789abcdef0123456789abcdef";

    private const string MediaJson =
        $$"""[{"sid":"{{Media}}","size":0,"content_type":"application/octet-stream","filename":null"""
        + ""","category":"media"}]""";

    [Theory, Everywhere]
    public async Task Create_without_parameters_returns_the_defaults(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));

        var answer = (await twilio.PostAsync("Conversations/room/Messages")).Created();

        Assert.Equal(Expected(shape), answer.Masked);
        Assert.Equal(conversation, answer["conversation_sid"]);
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(answer["date_created"], answer["date_updated"]);
        Assert.Equal(answer.Text, (await twilio.GetAsync(answer["url"])).Ok().Text);
        Assert.Equal(answer.Text, (await twilio.GetAsync($"Conversations/room/Messages/{answer["sid"]}")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Create_stores_every_parameter(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";
        await twilio.PostAsync(messages);

        var answer = (
            await twilio.PostAsync(
                messages,
                ("Author", "Jürgen ✓"),
                ("Body", " Größe\n"),
                ("Attributes", """{ "importance": "high" }"""),
                ("DateCreated", "2020-01-02T03:04:05Z"),
                ("DateUpdated", "2021-01-02T03:04:05Z"),
                ("Subject", "about")
            )
        ).Created();

        Assert.Equal(
            Expected(
                shape,
                body: "\" Größe\\n\"",
                author: "Jürgen ✓",
                attributes: """{ \"importance\": \"high\" }""",
                index: 1
            ),
            answer.Masked
        );
        Assert.Equal("2020-01-02T03:04:05Z", answer["date_created"]);
        Assert.Equal("2021-01-02T03:04:05Z", answer["date_updated"]);
        Assert.Equal(answer.Text, (await twilio.GetAsync(answer["url"])).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Media_and_content_templates_replace_the_body(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";

        var media = (await twilio.PostAsync(messages, ("Body", "ignored"), ("MediaSid", Media))).Created();
        var content = (
            await twilio.PostAsync(
                messages,
                ("Body", "ignored"),
                ("MediaSid", Media),
                ("ContentSid", Content),
                ("ContentVariables", """{"1":"Alice","2":3}""")
            )
        ).Created();

        Assert.Equal(Expected(shape, body: "null", media: MediaJson), media.Masked);
        Assert.Equal(Expected(shape, body: "null", content: $"\"{Content}\"", index: 1), content.Masked);
    }

    [Theory, Everywhere]
    public async Task A_media_object_belongs_to_one_message_of_a_service(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var first = await twilio.NewConversationAsync();
        var message = (await twilio.PostAsync($"Conversations/{first}/Messages", ("MediaSid", Media))).Created();
        var second = $"Conversations/{await twilio.NewConversationAsync()}/Messages";

        (await twilio.PostAsync(second, ("MediaSid", Media))).Is(TwilioErrors.MediaAlreadySent);
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}/Conversations";
        var foreign = (await twilio.PostAsync(service)).Created()["sid"];
        (await twilio.PostAsync($"{service}/{foreign}/Messages", ("MediaSid", Media))).Created();

        (await twilio.PostAsync(message["url"], ("Body", "text"))).Is(TwilioErrors.MediaBodyNotUpdatable);
        var updated = (await twilio.PostAsync(message["url"], ("Author", "alice"), ("Attributes", "[]"))).Ok();
        Assert.Equal(
            Expected(shape, body: "null", media: MediaJson, author: "alice", attributes: "[]"),
            updated.Masked
        );
        Assert.Equal(0, (await twilio.PostAsync(second)).Created().Body["index"]!.GetValue<long>());
    }

    [Theory, OnEachStore]
    public async Task Create_and_update_check_the_format_of_every_parameter(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";
        var message = (await twilio.PostAsync(messages, ("Body", "as it was"))).Created();
        (string Name, string Value, TwilioError Error)[] wrong =
        [
            ("Author", new('ü', 257), TwilioErrors.AuthorTooLong),
            ("Attributes", "{", TwilioErrors.AttributesNotJson),
            ("Attributes", $"\"{new string('x', 4095)}\"", TwilioErrors.AttributesTooLong),
            ("DateCreated", "yesterday", TwilioErrors.InvalidDateCreated),
            ("DateUpdated", "yesterday", TwilioErrors.InvalidDateUpdated),
            ("Body", new string('ü', 16_384) + "x", TwilioErrors.BodyTooLong),
            ("Subject", new('x', 257), TwilioErrors.SubjectTooLong),
        ];
        (string Name, string Value)[] right =
        [
            ("Author", new('ü', 256)),
            ("Attributes", $"\"{new string('x', 4094)}\""),
            ("Body", new('ü', 16_384)),
            ("Subject", new('x', 256)),
        ];

        foreach (var (name, value, error) in wrong)
        {
            (await twilio.PostAsync(messages, (name, value))).Is(error);
            (await twilio.PostAsync(message["url"], (name, value))).Is(error);
        }

        Assert.Equal(message.Text, (await twilio.GetAsync(message["url"])).Ok().Text);
        Assert.Equal(1, (await twilio.PostAsync(messages, right)).Created().Body["index"]!.GetValue<long>());
        (await twilio.PostAsync(message["url"], right)).Ok();
    }

    [Theory, OnEachStore]
    public async Task Create_checks_media_content_and_its_variables(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";
        string[] notSids = ["nonsense", "ME", $"{Media}0", $"IM{Media[2..]}", Media[..^1] + "g"];
        await Assert.AllAsync(
            notSids,
            async sid =>
            {
                (await twilio.PostAsync(messages, ("MediaSid", sid))).Is(TwilioErrors.InvalidMediaSid);
                (await twilio.PostAsync(messages, ("ContentSid", sid))).Is(TwilioErrors.InvalidContentSid);
            }
        );
        (string Variables, TwilioError Error)[] wrong =
        [
            ("nonsense", TwilioErrors.InvalidContentVariables),
            ("[]", TwilioErrors.InvalidContentVariables),
            ("null", TwilioErrors.InvalidContentVariables),
            ("""{"\ud800":"x"}""", TwilioErrors.InvalidContentVariables),
            ($$"""{"{{new string('k', 17)}}":"x"}""", TwilioErrors.ContentVariableKeyTooLong),
            ($$"""{"k":"{{new string('x', 257)}}"}""", TwilioErrors.ContentVariableValueTooLong),
            (Variables(101), TwilioErrors.ContentVariablesTooLong),
        ];
        await Assert.AllAsync(wrong, async one => (await CreateAsync(one.Variables)).Is(one.Error));
        (await twilio.PostAsync(messages, ("ContentVariables", "{}"))).Is(TwilioErrors.ContentSidMissing);
        (await CreateAsync(Variables(100))).Created();
        (await CreateAsync("")).Created();

        Task<Answer> CreateAsync(string variables) =>
            twilio.PostAsync(messages, ("ContentSid", Content), ("ContentVariables", variables));

        static string Variables(int count)
        {
            var value = new string('x', 256);
            return $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i:d16}\":\"{value}\""))}}}";
        }
    }

    [Theory, Everywhere]
    public async Task The_first_broken_rule_is_the_answer(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        (string Name, string Value, TwilioError Error)[] rules =
        [
            ("Author", new('x', 257), TwilioErrors.AuthorTooLong),
            ("Attributes", "{", TwilioErrors.AttributesNotJson),
            ("DateCreated", "x", TwilioErrors.InvalidDateCreated),
            ("DateUpdated", "x", TwilioErrors.InvalidDateUpdated),
            ("MediaSid", "x", TwilioErrors.InvalidMediaSid),
            ("ContentSid", "x", TwilioErrors.InvalidContentSid),
            ("ContentVariables", "x", TwilioErrors.ContentSidMissing),
            ("Body", new('x', 32_769), TwilioErrors.BodyTooLong),
            ("Subject", new('x', 257), TwilioErrors.SubjectTooLong),
        ];
        for (var i = 0; i < rules.Length; i++)
        {
            var form = rules[i..].Where(rule => rules[i].Name != "ContentVariables" || rule.Name != "ContentSid");
            (
                await twilio.PostAsync(
                    $"Conversations/{conversation}/Messages",
                    [.. form.Reverse().Select(rule => (rule.Name, rule.Value))]
                )
            ).Is(rules[i].Error);
        }
    }

    [Theory, Everywhere]
    public async Task The_author_names_a_participant_by_identity_then_address(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var messages = $"Conversations/{conversation}/Messages";
        var sms = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122662"));
        Assert.Equal(sms, await ParticipantAsync("+15558675310"));
        Assert.Null(await ParticipantAsync("+15017122661"));
        var alice = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        Assert.Equal(alice, await ParticipantAsync("alice"));
        Assert.Null(await ParticipantAsync("Alice"));
        Assert.Null(await ParticipantAsync(alice));

        // An identity may look like the address of another participant.
        var identity = await twilio.NewParticipantAsync(conversation, ("Identity", "+15558675310"));
        Assert.Equal(identity, await ParticipantAsync("+15558675310"));

        async Task<string?> ParticipantAsync(string author)
        {
            var answer = (await twilio.PostAsync(messages, ("Author", author))).Created();
            Assert.Equal(author, answer["author"]);
            return answer.Body["participant_sid"]?.GetValue<string>();
        }
    }

    [Theory, Everywhere]
    public async Task A_message_keeps_its_participant_until_an_update_names_an_author(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var alice = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var message = (
            await twilio.PostAsync($"Conversations/{conversation}/Messages", ("Author", "alice"), ("Body", "hi"))
        ).Created();
        Assert.Equal(alice, message["participant_sid"]);

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();
        (await twilio.DeleteAsync("Users/alice")).NoContent();
        Assert.Equal(message.Text, (await twilio.GetAsync(message["url"])).Ok().Text);
        Assert.Equal(alice, (await twilio.PostAsync(message["url"], ("Body", "ho"))).Ok()["participant_sid"]);

        var renamed = (await twilio.PostAsync(message["url"], ("Author", "alice"))).Ok();
        Assert.Equal(Expected(shape, body: "\"ho\"", author: "alice"), renamed.Masked);
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task No_message_has_channel_metadata(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "named"));
        var message = (await twilio.PostAsync($"Conversations/{conversation}/Messages")).Created();
        var named = $"Conversations/named/Messages/{message["sid"]}/ChannelMetadata";

        (await twilio.GetAsync((string)message.Body["links"]!["channel_metadata"]!)).Is(
            TwilioErrors.ChannelMetadataNotFound
        );
        (await twilio.GetAsync(named)).Is(TwilioErrors.ChannelMetadataNotFound);
        var missing = $"Conversations/{conversation}/Messages/IM00000000000000000000000000000000/ChannelMetadata";
        Assert.Equal(20404, (int)(await twilio.GetAsync(missing)).Body["code"]!);
    }

    [Theory, Everywhere]
    public async Task In_a_group_text_the_author_must_be_a_member(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var messages = $"Conversations/{conversation}/Messages";
        var before = (await twilio.PostAsync(messages)).Created();
        await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122661"));
        await twilio.NewParticipantAsync(conversation, NewParticipant.Projected("+15017122662", "alice"));
        await twilio.NewParticipantAsync(conversation, NewParticipant.Native("+15558675310"));

        (await twilio.PostAsync(messages, ("Body", "hi"))).Is(TwilioErrors.AuthorNotInGroup);
        (await twilio.PostAsync(messages, ("Author", "bob"))).Is(TwilioErrors.AuthorNotInGroup);
        (await twilio.PostAsync(before["url"], ("Author", "bob"))).Is(TwilioErrors.AuthorNotInGroup);
        (await twilio.PostAsync(before["url"], ("Body", "the author stays"))).Ok();
        await Assert.AllAsync(
            ["alice", "+15017122661", "+15017122662", "+15558675310"],
            async author =>
            {
                var answer = (await twilio.PostAsync(messages, ("Author", author))).Created();
                Assert.StartsWith("MB", answer["participant_sid"], StringComparison.Ordinal);
            }
        );
    }

    [Theory, Everywhere]
    public async Task Update_changes_what_it_names(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";
        var message = (
            await twilio.PostAsync(
                messages,
                ("Body", "one"),
                ("Author", "alice"),
                ("DateCreated", "2020-01-01T00:00:00Z")
            )
        ).Created();

        var empty = (await twilio.PostAsync(message["url"], ("Author", ""), ("DateUpdated", ""))).Ok();
        Assert.Equal(message.Text, empty.Text);

        var body = (await twilio.PostAsync(message["url"], ("Body", ""))).Ok();
        Assert.Equal(Expected(shape, body: "\"\"", author: "alice"), body.Masked);
        Assert.Equal("2020-01-01T00:00:00Z", body["date_created"]);
        Assert.InRange(body.Date("date_updated"), DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddMinutes(1));

        var all = (
            await twilio.PostAsync(
                message["url"],
                ("Author", "bob"),
                ("Body", "two"),
                ("Attributes", "[1]"),
                ("DateCreated", "2021-01-01T00:00:00Z"),
                ("DateUpdated", "2022-01-01T00:00:00Z"),
                ("Subject", "about")
            )
        ).Ok();
        Assert.Equal(Expected(shape, body: "\"two\"", author: "bob", attributes: "[1]"), all.Masked);
        Assert.Equal(("2021-01-01T00:00:00Z", "2022-01-01T00:00:00Z"), (all["date_created"], all["date_updated"]));
        Assert.Equal("{}", (await twilio.PostAsync(message["url"], ("Attributes", ""))).Ok()["attributes"]);
        Assert.Equal("bob", (await twilio.GetAsync(message["url"])).Ok()["author"]);
    }

    [Theory, Everywhere]
    public async Task A_deleted_message_leaves_its_index_unused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";
        await twilio.PostAsync(messages);
        var last = (await twilio.PostAsync(messages)).Created();

        (await twilio.DeleteAsync(last["url"])).NoContent();

        var path = new Uri(last["url"]).AbsolutePath["/v1".Length..];
        (await twilio.GetAsync(last["url"])).Is(TwilioErrors.NotFound(path));
        (await twilio.PostAsync(last["url"], ("Body", "x"))).Is(TwilioErrors.NotFound(path));
        (await twilio.PostAsync(last["url"])).Is(TwilioErrors.NotFound(path));
        (await twilio.DeleteAsync(last["url"])).Is(TwilioErrors.NotFound(path));
        Assert.Equal(2, (await twilio.PostAsync(messages)).Created().Body["index"]!.GetValue<long>());
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task A_message_is_found_only_by_its_SID_and_in_its_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var other = await twilio.NewConversationAsync();
        var message = (await twilio.PostAsync($"Conversations/{conversation}/Messages")).Created()["sid"];
        string[] paths =
        [
            $"Conversations/{conversation}/Messages/0",
            $"Conversations/{conversation}/Messages/{message[..^1]}",
            $"Conversations/{other}/Messages/{message}",
            $"Conversations/nowhere/Messages/{message}",
        ];
        await Assert.AllAsync(
            paths,
            async path =>
            {
                var notFound = TwilioErrors.NotFound(twilio.PathOf(path)["/v1".Length..]);
                (await twilio.GetAsync(path)).Is(notFound);
                (await twilio.PostAsync(path, ("Body", "x"))).Is(notFound);
                (await twilio.DeleteAsync(path)).Is(notFound);
            }
        );
        var nowhere = "Conversations/nowhere/Messages";
        (await twilio.PostAsync(nowhere)).Is(TwilioErrors.NotFound(twilio.PathOf(nowhere)["/v1".Length..]));
    }

    [Theory, Everywhere]
    public async Task A_closed_conversation_keeps_its_messages_as_they_are(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var messages = $"Conversations/{conversation}/Messages";
        var message = (await twilio.PostAsync(messages, ("Body", "hi"))).Created();
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        (await twilio.PostAsync(messages, ("Attributes", "{"))).Is(TwilioErrors.ConversationClosed);
        (await twilio.PostAsync(message["url"], ("Attributes", "{"))).Is(TwilioErrors.ConversationClosed);
        (await twilio.PostAsync(message["url"])).Is(TwilioErrors.ConversationClosed);
        (await twilio.DeleteAsync(message["url"])).Is(TwilioErrors.ConversationClosed);

        Assert.Equal(message.Text, (await twilio.GetAsync(message["url"])).Ok().Text);
        Assert.Single((await twilio.GetAsync(messages)).Ok().Body["messages"]!.AsArray());
        (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();
        Assert.Empty(await Rows.WithAsync(twilio.Server, message["sid"]));
    }

    [Theory, Everywhere]
    public async Task A_message_wakes_an_inactive_conversation_and_starts_its_timers_anew(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(
            ("State", "inactive"),
            ("Timers.Inactive", "PT10M"),
            ("DateUpdated", "2020-01-01T00:00:00Z")
        );
        var path = $"Conversations/{conversation}";
        (await twilio.PostAsync(path, ("Timers.Closed", "PT1H"), ("DateUpdated", "2020-01-01T00:00:00Z"))).Ok();
        await Task.Delay(1100);
        var start = DateTime.UtcNow.AddSeconds(-1);

        (await twilio.PostAsync($"{path}/Messages", ("DateCreated", "2020-01-01T00:00:00Z"))).Created();

        var woken = (await twilio.GetAsync(path)).Ok();
        Assert.Equal("active", woken["state"]);
        Assert.InRange(woken.Date("date_updated"), start, start.AddMinutes(1));
        AssertTimers(woken, start);

        (await twilio.PostAsync(path, ("DateUpdated", "2020-01-01T00:00:00Z"))).Ok();
        await Task.Delay(1100);
        start = DateTime.UtcNow.AddSeconds(-1);
        var message = (await twilio.PostAsync($"{path}/Messages")).Created();
        var restarted = (await twilio.GetAsync(path)).Ok();
        Assert.Equal("2020-01-01T00:00:00Z", restarted["date_updated"]);
        AssertTimers(restarted, start);

        // Only a new message does so.
        await Task.Delay(1100);
        (await twilio.PostAsync(message["url"], ("Body", "x"))).Ok();
        (await twilio.DeleteAsync(message["url"])).NoContent();
        Assert.Equal(restarted.Text, (await twilio.GetAsync(path)).Ok().Text);

        static void AssertTimers(Answer conversation, DateTime start)
        {
            var timers = conversation.Body["timers"]!;
            var inactive = timers["date_inactive"]!.GetValue<DateTime>().ToUniversalTime();
            var closed = timers["date_closed"]!.GetValue<DateTime>().ToUniversalTime();
            Assert.InRange(inactive, start.AddMinutes(10), start.AddMinutes(10).AddSeconds(30));
            Assert.Equal(TimeSpan.FromMinutes(50), closed - inactive);
        }
    }

    [Theory, Everywhere]
    public async Task A_message_gives_no_timer_to_a_conversation_without_one(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var path = $"Conversations/{await twilio.NewConversationAsync()}";
        var before = (await twilio.GetAsync(path)).Ok();

        (await twilio.PostAsync($"{path}/Messages")).Created();

        Assert.Equal(before.Text, (await twilio.GetAsync(path)).Ok().Text);
        (await twilio.GetAsync(before.Body["links"]!["messages"]!.GetValue<string>())).Ok();
    }

    [Theory, OnEachStore]
    public async Task The_limits_of_body_and_attributes_are_those_of_the_configuration(Store store)
    {
        await using var server = TestServer.With(
            await WebhookServers.NewDatabaseAsync(store),
            ("Limits:MessageBodyBytes", "10"),
            ("Limits:MessageAttributesBytes", "12")
        );
        var twilio = await Twilio.NewAccountAsync(server);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";

        var message = (await twilio.PostAsync(messages, ("Body", "äääää"), ("Attributes", "\"1234567890\""))).Created();

        (await twilio.PostAsync(messages, ("Body", "äääää."))).Is(TwilioErrors.BodyTooLong);
        (await twilio.PostAsync(message["url"], ("Body", "äääää."))).Is(TwilioErrors.BodyTooLong);
        (await twilio.PostAsync(messages, ("Attributes", "\"12345678901\""))).Is(TwilioErrors.AttributesTooLong);
    }

    [Theory, OnEachStore]
    public async Task Too_many_writes_in_a_second_are_refused_for_their_conversation_only(Store store)
    {
        await using var server = TestServer.With(
            await WebhookServers.NewDatabaseAsync(store),
            ("Limits:MessageWritesPerSecond", "1")
        );
        var twilio = await Twilio.NewAccountAsync(server);
        var messages = $"Conversations/{await twilio.NewConversationAsync()}/Messages";
        var other = $"Conversations/{await twilio.NewConversationAsync()}/Messages";

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => twilio.PostAsync(messages)));

        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.Created);
        var refused = answers.Where(answer => answer.Status != HttpStatusCode.Created).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => answer.Is(TwilioErrors.ActionsPerSecond));
        (await twilio.PostAsync(other)).Created();
        var count = (await twilio.GetAsync(messages)).Ok().Body["messages"]!.AsArray().Count;
        Assert.Equal(answers.Length - refused.Count, count);
    }

    private static string Expected(
        Shape shape,
        string body = "\"\"",
        string media = "null",
        string author = "system",
        string attributes = "{}",
        string content = "null",
        int index = 0
    )
    {
        var (service, url) =
            shape == Shape.Service
                ? ("\"chat_service_sid\":\"ISx\",", "HOST/v1/Services/ISx/Conversations/CHx/Messages/IMx")
                : ("", "HOST/v1/Conversations/CHx/Messages/IMx");
        return $$"""
            {"sid":"IMx","account_sid":"ACx",{{service}}"conversation_sid":"CHx","body":{{body}},"media":{{media}},
            "author":"{{author}}","participant_sid":null,"attributes":"{{attributes}}","date_created":"DATE",
            "date_updated":"DATE","index":{{index}},"delivery":null,"content_sid":{{content}},"url":"{{url}}",
            "links":{"delivery_receipts":"{{url}}/Receipts","channel_metadata":"{{url}}/ChannelMetadata"}
            }
            """.ReplaceLineEndings("");
    }
}
