using System.Text.Json.Nodes;
using Conversations.Api.Errors;

namespace Conversations.Tests.UserConversations;

/// <summary>The conversations of a user.</summary>
public sealed class UserConversationTests
{
    [Theory, Everywhere]
    public async Task SIDs_and_names_of_user_and_conversation_fetch_the_same(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(
            ("FriendlyName", "Order 4711"),
            ("UniqueName", "order 4711/ä"),
            ("Attributes", "{\"a\": 1}"),
            ("Timers.Inactive", "PT1H")
        );
        var participant = await twilio.NewParticipantAsync(conversation, ("Identity", "alice+bob/ä"));
        var user = (await twilio.GetAsync("Users/alice%2Bbob%2F%C3%A4")).Ok()["sid"];
        var url = new Uri(twilio.Server.Address, twilio.PathOf("")).ToString();

        foreach (var userName in new[] { user, "alice%2Bbob%2F%C3%A4" })
        {
            foreach (var name in new[] { conversation, "order%204711%2F%C3%A4" })
            {
                Assert.Equal(
                    $$"""
                    {"account_sid":"{{twilio.AccountSid}}","chat_service_sid":"{{twilio.ChatServiceSid}}",
                    "conversation_sid":"{{conversation}}","unread_messages_count":null,"last_read_message_index":null,
                    "participant_sid":"{{participant}}","user_sid":"{{user}}","friendly_name":"Order 4711",
                    "conversation_state":"active","timers":{"date_inactive":"DATE"},"attributes":"{\"a\": 1}",
                    "date_created":"DATE","date_updated":"DATE","created_by":"system","notification_level":"default",
                    "unique_name":"order 4711/ä","url":"{{url}}Users/{{user}}/Conversations/{{conversation}}",
                    "links":{"participant":"{{url}}Conversations/{{conversation}}/Participants/{{participant}}",
                    "conversation":"{{url}}Conversations/{{conversation}}"}
                    }
                    """.ReplaceLineEndings(""),
                    Masks.MaskDates((await twilio.GetAsync($"Users/{userName}/Conversations/{name}")).Ok().Text)
                );
            }
        }
    }

    [Theory, Everywhere]
    public async Task The_list_has_closed_conversations_and_none_that_the_user_left(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        List<string> conversations = [];
        for (var i = 0; i < 3; i++)
        {
            conversations.Add(await twilio.NewConversationAsync());
            await twilio.NewParticipantAsync(conversations[i], ("Identity", "alice"));
            await twilio.NewParticipantAsync(conversations[i], ("Identity", "bob"));
        }

        (await twilio.PostAsync($"Conversations/{conversations[0]}", ("State", "closed"))).Ok();
        (await twilio.DeleteAsync($"Conversations/{conversations[1]}/Participants/alice")).NoContent();
        var user = (await twilio.GetAsync("Users/alice")).Ok();

        foreach (
            var list in new[]
            {
                "Users/alice/Conversations",
                $"Users/{user["sid"]}/Conversations",
                user.Body["links"]!["user_conversations"]!.GetValue<string>(),
            }
        )
        {
            Assert.Equal(
                [$"{conversations[0]} closed", $"{conversations[2]} active"],
                Rows(await twilio.GetAsync(list))
                    .Select(row => $"{row!["conversation_sid"]} {row["conversation_state"]}")
            );
        }
    }

    [Theory, Everywhere]
    public async Task A_user_without_conversations_has_an_empty_list_and_an_unknown_user_is_404(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));
        await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        var user = (await twilio.PostAsync("Users", ("Identity", "alice"))).Created()["sid"];

        Assert.Empty(Rows(await twilio.GetAsync("Users/alice/Conversations")));
        Assert.Empty(Rows(await twilio.GetAsync($"Users/{user}/Conversations")));
        string[] absent =
        [
            "Users/carol/Conversations",
            $"Users/{user[..^1]}x/Conversations",
            $"Users/US{new string('f', 32)}/Conversations",
            $"Users/alice/Conversations/{conversation}",
            $"Users/{user}/Conversations/room",
            $"Users/bob/Conversations/CH{new string('f', 32)}",
            "Users/bob/Conversations/hall",
            $"Users/carol/Conversations/{conversation}",
        ];
        foreach (var path in absent)
        {
            var error = TwilioErrors.NotFound(twilio.PathOf(path)["/v1".Length..]);
            (await twilio.GetAsync(path)).Is(error);
            if (!path.EndsWith("Conversations", StringComparison.Ordinal))
            {
                (await twilio.PostAsync(path, ("NotificationLevel", "muted"))).Is(error);
                (await twilio.PostAsync(path)).Is(error);
                (await twilio.DeleteAsync(path)).Is(error);
            }
        }
    }

    /// <summary>Decided by a horizon, never by who wrote the messages.</summary>
    [Theory, Everywhere]
    public async Task Unread_messages_are_those_above_the_horizon(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var (path, messages) = ($"Users/alice/Conversations/{conversation}", $"Conversations/{conversation}/Messages");
        List<string> sids = [];
        for (var i = 0; i < 5; i++)
        {
            sids.Add((await twilio.PostAsync(messages, ("Author", i % 2 == 0 ? "alice" : "bob"))).Created()["sid"]);
        }

        await UnreadAsync("null", "null"); // Without a horizon it is unknown; sending does not set one.
        foreach (var (index, unread) in new[] { (4, 0), (0, 4), (2, 2), (4711, 0), (1, 3) })
        {
            var answer = (await twilio.PostAsync(path, ("LastReadMessageIndex", $"{index}"))).Ok();
            Assert.Equal(($"{index}", $"{unread}"), Counts(answer.Body));
            await UnreadAsync($"{index}", $"{unread}");
        }

        (await twilio.DeleteAsync($"{messages}/{sids[0]}")).NoContent(); // Read.
        (await twilio.DeleteAsync($"{messages}/{sids[1]}")).NoContent(); // The last one that was read.
        await UnreadAsync("1", "3");
        (await twilio.DeleteAsync($"{messages}/{sids[4]}")).NoContent();
        await UnreadAsync("1", "2");
        (await twilio.PostAsync(messages, ("Author", "alice"))).Created();
        await UnreadAsync("1", "3");
        var cleared = (await twilio.PostAsync(path, ("LastReadMessageIndex", "null"))).Ok();
        Assert.Equal(("null", "null"), Counts(cleared.Body));

        async Task UnreadAsync(string index, string unread)
        {
            Assert.Equal((index, unread), Counts((await twilio.GetAsync(path)).Ok().Body));
            Assert.Equal(
                (index, unread),
                Counts(Assert.Single(Rows(await twilio.GetAsync("Users/alice/Conversations")))!)
            );
        }

        static (string, string) Counts(JsonNode row) =>
            (
                row["last_read_message_index"]?.ToJsonString() ?? "null",
                row["unread_messages_count"]?.ToJsonString() ?? "null"
            );
    }

    [Theory, Everywhere]
    public async Task The_count_of_unread_messages_stops_at_1000(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}/Messages")).Created();
        await StoredMessages.CopyAsync(twilio, 1002); // With the first one they have the indices 0 to 1002.

        foreach (var (index, unread) in new[] { (0, 1000), (1, 1000), (2, 1000), (3, 999), (1001, 1), (1002, 0) })
        {
            var row = await twilio.PostAsync(
                $"Users/alice/Conversations/{conversation}",
                ("LastReadMessageIndex", $"{index}")
            );
            Assert.Equal((index, unread), (index, row.Ok().Body["unread_messages_count"]!.GetValue<int>()));
        }
    }

    [Theory, Everywhere]
    public async Task The_horizon_is_that_of_the_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var (own, participant) = (
            $"Users/alice/Conversations/{conversation}",
            $"Conversations/{conversation}/Participants/alice"
        );

        (await twilio.PostAsync(participant, ("LastReadMessageIndex", "7"))).Ok();
        Assert.Equal(7, (await twilio.GetAsync(own)).Ok().Body["last_read_message_index"]!.GetValue<int>());

        (await twilio.PostAsync(participant, ("DateUpdated", "2018-01-02T03:04:05Z"))).Ok();
        (
            await twilio.PostAsync(
                own,
                ("LastReadMessageIndex", "3"),
                ("LastReadTimestamp", "2018-01-02T04:04:05+01:00")
            )
        ).Ok();
        var after = (await twilio.GetAsync(participant)).Ok();
        Assert.Equal(3, after.Body["last_read_message_index"]!.GetValue<int>());
        Assert.Equal("2018-01-02T03:04:05Z", after["last_read_timestamp"]);
        Assert.InRange(after.Date("date_updated"), DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow);

        (await twilio.PostAsync(own, ("LastReadTimestamp", "2019-01-02T03:04:05Z"))).Ok();
        Assert.Equal("2019-01-02T03:04:05Z", (await twilio.GetAsync(participant)).Ok()["last_read_timestamp"]);
        (await twilio.PostAsync(own, ("LastReadMessageIndex", "null"))).Ok();
        var cleared = (await twilio.GetAsync(participant)).Ok().Body;
        Assert.Null(cleared["last_read_message_index"]);
        Assert.Null(cleared["last_read_timestamp"]);

        var start = DateTime.UtcNow.AddSeconds(-1);
        (await twilio.PostAsync(own, ("LastReadMessageIndex", "5"))).Ok();
        Assert.InRange((await twilio.GetAsync(participant)).Ok().Date("last_read_timestamp"), start, DateTime.UtcNow);
    }

    [Theory, Everywhere]
    public async Task The_notification_level_is_that_of_one_user_in_one_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (first, second) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        foreach (var conversation in new[] { first, second })
        {
            await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
            await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        }

        var muted = (await twilio.PostAsync($"Users/alice/Conversations/{first}", ("NotificationLevel", "muted"))).Ok();
        Assert.Equal("muted", muted["notification_level"]);
        Assert.Equal(["muted", "default"], await LevelsAsync("alice"));
        Assert.Equal(["default", "default"], await LevelsAsync("bob"));

        (await twilio.PostAsync($"Conversations/{first}/Participants/alice", ("Attributes", "{}"))).Ok();
        (await twilio.PostAsync($"Users/alice/Conversations/{first}", ("LastReadMessageIndex", "0"))).Ok();
        Assert.Equal(["muted", "default"], await LevelsAsync("alice"));

        (await twilio.DeleteAsync($"Conversations/{first}/Participants/alice")).NoContent();
        await twilio.NewParticipantAsync(first, ("Identity", "alice"));
        Assert.Equal(["default", "default"], await LevelsAsync("alice"));

        async Task<IEnumerable<string>> LevelsAsync(string user) =>
            Rows(await twilio.GetAsync($"Users/{user}/Conversations"))
                .Select(row => row!["notification_level"]!.GetValue<string>());
    }

    [Theory]
    [OnEachStore("NotificationLevel", "Muted", nameof(TwilioErrors.InvalidNotificationLevel))]
    [OnEachStore("NotificationLevel", "null", nameof(TwilioErrors.InvalidNotificationLevel))]
    [OnEachStore("LastReadMessageIndex", "-1", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", "1.0", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadMessageIndex", "9223372036854775808", nameof(TwilioErrors.InvalidLastReadMessageIndex))]
    [OnEachStore("LastReadTimestamp", "yesterday", nameof(TwilioErrors.InvalidLastReadTimestamp))]
    public async Task An_invalid_value_is_refused(Store store, string name, string value, string error)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var path = $"Users/alice/Conversations/{conversation}";
        var before = (await twilio.GetAsync(path)).Ok().Text;

        (await twilio.PostAsync(path, (name, value))).Is(error);

        Assert.Equal(before, (await twilio.GetAsync(path)).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task An_update_that_names_nothing_changes_nothing(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"), ("DateCreated", "2018-01-02T03:04:05Z"));
        var (own, participant) = (
            $"Users/alice/Conversations/{conversation}",
            $"Conversations/{conversation}/Participants/alice"
        );
        var before = (await twilio.GetAsync(participant)).Ok().Text;
        (string, string)[] empty = [("NotificationLevel", ""), ("LastReadMessageIndex", ""), ("LastReadTimestamp", "")];

        Assert.Equal((await twilio.GetAsync(own)).Ok().Text, (await twilio.PostAsync(own)).Ok().Text);
        Assert.Equal((await twilio.GetAsync(own)).Ok().Text, (await twilio.PostAsync(own, empty)).Ok().Text);
        Assert.Equal(before, (await twilio.GetAsync(participant)).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Delete_removes_the_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));
        foreach (var identity in new[] { "alice", "bob" })
        {
            await twilio.NewParticipantAsync(conversation, ("Identity", identity));
        }

        var message = (await twilio.PostAsync($"Conversations/{conversation}/Messages", ("Author", "alice"))).Created();
        var bob = (await twilio.GetAsync("Users/bob")).Ok()["sid"];

        (await twilio.DeleteAsync("Users/alice/Conversations/room")).NoContent();
        (await twilio.DeleteAsync($"Users/{bob}/Conversations/{conversation}")).NoContent();

        Assert.Empty((await twilio.GetAsync("Conversations/room/Participants")).Ok().Body["participants"]!.AsArray());
        Assert.Equal(
            message.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Messages/{message["sid"]}")).Ok().Text
        );
        (await twilio.GetAsync("Users/alice")).Ok();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task Nothing_changes_in_a_closed_conversation(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("UniqueName", "room"));
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        foreach (var path in new[] { $"Users/alice/Conversations/{conversation}", "Users/alice/Conversations/room" })
        {
            (await twilio.PostAsync(path, ("NotificationLevel", "muted"))).Is(TwilioErrors.ConversationClosed);
            (await twilio.PostAsync(path, ("LastReadMessageIndex", "x"))).Is(TwilioErrors.ConversationClosed);
            (await twilio.PostAsync(path)).Is(TwilioErrors.ConversationClosed);
            (await twilio.DeleteAsync(path)).Is(TwilioErrors.ConversationClosed);
            Assert.Equal("default", (await twilio.GetAsync(path)).Ok()["notification_level"]);
        }
    }

    /// <summary>No official operation of this resource has the header. A deletion takes it nevertheless.</summary>
    [Theory, OnEachStore]
    public async Task A_deletion_fires_the_event_of_the_participant_and_an_update_fires_none(Store store)
    {
        await using var hooked = await Webhooks.Hooked.NewAsync(store);
        var conversation = await hooked.Plain.NewConversationAsync();
        var participant = await hooked.Plain.NewParticipantAsync(conversation, ("Identity", "alice"));
        var path = $"Users/alice/Conversations/{conversation}";

        (await hooked.Twilio.PostAsync(path, ("LastReadMessageIndex", "0"))).Ok();
        (await hooked.Twilio.DeleteAsync(path)).NoContent();
        await Webhooks.Hooked.EmptyAsync(hooked.Plain);

        Assert.Equal(
            ["onParticipantRemove", "onParticipantRemoved"],
            hooked.Receiver.Requests.Select(request => request["EventType"])
        );
        Assert.All(hooked.Receiver.Requests, request => Assert.Equal(participant, request["ParticipantSid"]));
    }

    private static JsonArray Rows(Answer page) => page.Ok().Body["conversations"]!.AsArray();
}
