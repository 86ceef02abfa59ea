using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Tests.Conversations;

public sealed class UpdateConversationTests
{
    [Theory, Everywhere]
    public async Task Update_changes_only_the_given_values(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var answer = (
            await twilio.PostAsync("Conversations", ("DateCreated", "2020-01-01T00:00:00Z"), ("Attributes", "[1]"))
        ).Created();
        var path = $"Conversations/{answer["sid"]}";
        (string Name, string Value, string Member, string Json)[] changes =
        [
            ("FriendlyName", "Desk", "friendly_name", "\"Desk\""),
            ("UniqueName", "desk", "unique_name", "\"desk\""),
            ("Attributes", "{\"a\" : 1}", "attributes", "\"{\\\"a\\\" : 1}\""),
            (
                "MessagingServiceSid",
                $"MG{new string('b', 32)}",
                "messaging_service_sid",
                $"\"MG{new string('b', 32)}\""
            ),
            ("State", "inactive", "state", "\"inactive\""),
            (
                "Bindings.Email.Address",
                "desk@example.com",
                "bindings",
                """{"email":{"projected_address":"desk@example.com","name":null}}"""
            ),
            (
                "Bindings.Email.Name",
                "Desk",
                "bindings",
                """{"email":{"projected_address":"desk@example.com","name":"Desk"}}"""
            ),
            ("DateCreated", "2019-05-05", "date_created", "\"2019-05-05T00:00:00Z\""),
        ];

        foreach (var (name, value, member, json) in changes)
        {
            var expected = answer.Body.DeepClone();
            expected[member] = System.Text.Json.Nodes.JsonNode.Parse(json);
            expected["date_updated"] = "2021-01-01T00:00:00Z";

            answer = (await twilio.PostAsync(path, (name, value), ("DateUpdated", "2021-01-01T00:00:00Z"))).Ok();

            Assert.Equal(expected.ToJsonString(TwilioJson.Options), answer.Text);
        }

        Assert.Equal(answer.Text, (await twilio.GetAsync(path)).Ok().Text);
    }

    /// <summary>Recorded. Only the samples of the official document always have an object.</summary>
    [Theory]
    [OnEachStore(
        "Bindings.Email.Address",
        "desk@example.com",
        """{"email":{"projected_address":"desk@example.com","name":null}}"""
    )]
    [OnEachStore("Bindings.Email.Name", "Desk", """{"email":{"projected_address":null,"name":"Desk"}}""")]
    public async Task Bindings_are_null_in_every_answer_until_there_is_an_email_binding(
        Store store,
        string name,
        string value,
        string bindings
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var created = (await twilio.PostAsync("Conversations")).Created();
        var path = $"Conversations/{created["sid"]}";

        Assert.Equal("null", Shown(created.Body));
        Assert.Equal("null", Shown((await twilio.PostAsync(path, ("FriendlyName", "Desk"))).Ok().Body));
        await AreAsync("null");

        Assert.Equal(bindings, Shown((await twilio.PostAsync(path, (name, value))).Ok().Body));
        await AreAsync(bindings);

        async Task AreAsync(string expected)
        {
            foreach (var shape in (Shape[])[Shape.Default, Shape.Service])
            {
                Assert.Equal(expected, Shown((await twilio.In(shape).GetAsync(path)).Ok().Body));
                Assert.Equal(
                    expected,
                    Shown((await twilio.In(shape).GetAsync("Conversations")).Ok().Body["conversations"]![0]!)
                );
            }
        }

        static string Shown(System.Text.Json.Nodes.JsonNode conversation) =>
            conversation.AsObject().Single(member => member.Key == "bindings").Value?.ToJsonString(TwilioJson.Options)
            ?? "null";
    }

    [Theory, Everywhere]
    public async Task Update_without_parameters_changes_only_the_date(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var before = (
            await twilio.PostAsync(
                "Conversations",
                ("FriendlyName", "Desk"),
                ("UniqueName", "desk"),
                ("Attributes", "[1]"),
                ("State", "inactive"),
                ("DateUpdated", "2020-01-01T00:00:00Z"),
                ("Timers.Inactive", "PT1M"),
                ("Timers.Closed", "PT10M"),
                ("Bindings.Email.Address", "desk@example.com")
            )
        ).Created();
        var start = DateTime.UtcNow.AddSeconds(-1);

        var after = (await twilio.PostAsync("Conversations/desk")).Ok();

        Assert.InRange(after.Body["date_updated"]!.GetValue<DateTime>(), start, DateTime.UtcNow);
        Assert.Equal(
            before.Text.Replace("2020-01-01T00:00:00Z", after["date_updated"], StringComparison.Ordinal),
            after.Text
        );
    }

    [Theory, Everywhere]
    public async Task Update_with_empty_text_clears_names_and_attributes(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(
            ("FriendlyName", "Desk"),
            ("UniqueName", "desk"),
            ("Attributes", "[1]")
        );

        var answer = (
            await twilio.PostAsync(
                $"Conversations/{conversation}",
                ("FriendlyName", ""),
                ("UniqueName", ""),
                ("Attributes", "")
            )
        ).Ok();

        Assert.Null(answer.Body["friendly_name"]);
        Assert.Null(answer.Body["unique_name"]);
        Assert.Equal("{}", answer["attributes"]);
        (await twilio.GetAsync("Conversations/desk")).Is(
            TwilioErrors.NotFound(twilio.PathOf("Conversations/desk")["/v1".Length..])
        );
        await twilio.NewConversationAsync(("UniqueName", "desk"));
        (await twilio.PostAsync($"Conversations/{conversation}", ("UniqueName", "desk"))).Is(
            TwilioErrors.UniqueNameExists
        );
    }

    [Theory, Everywhere]
    public async Task Update_accepts_the_current_unique_name_and_a_free_one(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await twilio.NewConversationAsync(("UniqueName", "desk"));

        Assert.Equal(
            "desk",
            (await twilio.PostAsync("Conversations/desk", ("UniqueName", "desk"))).Ok()["unique_name"]
        );
        var moved = (await twilio.PostAsync("Conversations/desk", ("UniqueName", "back office"))).Ok();
        Assert.Equal(moved.Text, (await twilio.GetAsync("Conversations/back%20office")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Update_restarts_the_given_timer_and_keeps_the_other(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var before = (await twilio.PostAsync("Conversations", ("Timers.Closed", "P3D"))).Created();
        var start = DateTime.UtcNow.AddSeconds(-1);

        var after = (
            await twilio.PostAsync($"Conversations/{before["sid"]}", ("Timers.Inactive", "PT2M"), ("Timers.Closed", ""))
        ).Ok();

        Assert.InRange(
            after.Body["timers"]!["date_inactive"]!.GetValue<DateTime>(),
            start.AddMinutes(2),
            DateTime.UtcNow.AddMinutes(2)
        );
        Assert.Equal(
            before.Body["timers"]!["date_closed"]!.GetValue<string>(),
            after.Body["timers"]!["date_closed"]!.GetValue<string>()
        );
    }

    [Theory, Everywhere]
    public async Task A_conversation_switches_between_active_and_inactive_until_it_is_closed_for_good(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(("Timers.Inactive", "PT1M"));
        var path = $"Conversations/{conversation}";

        foreach (var state in (string[])["inactive", "active", "active", "inactive", "closed"])
        {
            Assert.Equal(state, (await twilio.PostAsync(path, ("State", state))).Ok()["state"]);
        }

        var closed = (await twilio.GetAsync(path)).Ok();
        Assert.Equal("closed", closed["state"]);
        Assert.Equal("{}", closed.Body["timers"]!.ToJsonString());
        (string, string)[][] updates =
        [
            [],
            [("State", "active")],
            [("State", "closed")],
            [("State", "open")],
            [("FriendlyName", "Desk")],
            [("Attributes", "{")],
            [("Timers.Closed", "PT10M")],
        ];
        await Assert.AllAsync(
            updates,
            async update => (await twilio.PostAsync(path, update)).Is(TwilioErrors.ConversationClosed)
        );
        Assert.Equal(closed.Text, (await twilio.GetAsync(path)).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task Closing_frees_the_address_pairs_and_the_conversation_counts_of_its_identities(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        (string, string)[] pair =
        [
            ("MessagingBinding.Address", "+15558675310"),
            ("MessagingBinding.ProxyAddress", "+15017122661"),
        ];
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, pair);
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await twilio.SetConversationCountAsync("alice", 1000);
        var (next, third) = (await twilio.NewConversationAsync(), await twilio.NewConversationAsync());
        (await twilio.PostAsync($"Conversations/{next}/Participants", pair)).Is(
            TwilioErrors.BindingInUse(conversation)
        );
        (await twilio.PostAsync($"Conversations/{next}/Participants", ("Identity", "alice"))).Is(
            TwilioErrors.UserConversationLimit
        );

        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        await twilio.NewParticipantAsync(next, pair);
        await twilio.NewParticipantAsync(next, ("Identity", "alice"));
        (await twilio.PostAsync($"Conversations/{third}/Participants", ("Identity", "alice"))).Is(
            TwilioErrors.UserConversationLimit
        );
    }
}
