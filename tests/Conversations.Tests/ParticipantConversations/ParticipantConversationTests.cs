using Conversations.Api.Errors;

namespace Conversations.Tests.ParticipantConversations;

/// <summary>The conversations of an identity or an address.</summary>
public sealed class ParticipantConversationTests
{
    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    [Theory, Everywhere]
    public async Task The_list_shows_the_conversation_and_the_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync(
            ("FriendlyName", "Order 4711"),
            ("UniqueName", "order-4711"),
            ("Attributes", "{\"a\": 1}"),
            ("Timers.Closed", "P1D")
        );
        var participant = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms(Phone, Proxy));
        var url = new Uri(twilio.Server.Address, twilio.PathOf("Conversations")) + $"/{conversation}";

        var page = (await twilio.GetAsync("ParticipantConversations?Address=%2B15558675310")).Ok();

        Assert.Equal(
            $$"""
            {"account_sid":"{{twilio.AccountSid}}","chat_service_sid":"{{twilio.ChatServiceSid}}",
            "conversation_sid":"{{conversation}}","participant_sid":"{{participant}}",
            "conversation_friendly_name":"Order 4711","conversation_state":"active",
            "conversation_timers":{"date_closed":"DATE"},"conversation_attributes":"{\"a\": 1}",
            "conversation_date_created":"DATE","conversation_date_updated":"DATE","conversation_created_by":"system",
            "conversation_unique_name":"order-4711","participant_user_sid":null,"participant_identity":null,
            "participant_messaging_binding":{"address":"+15558675310","proxy_address":"+15017122661","type":"sms",
            "level":null,"name":null,"projected_address":null},
            "links":{"participant":"{{url}}/Participants/{{participant}}","conversation":"{{url}}"}
            }
            """.ReplaceLineEndings(""),
            Undated(page)
        );
        Assert.Equal(
            new Uri(twilio.Server.Address, twilio.PathOf("ParticipantConversations"))
                + "?Address=%2B15558675310&PageSize=50&Page=0",
            page.Body["meta"]!["url"]!.GetValue<string>()
        );
    }

    [Theory, Everywhere]
    public async Task A_chat_participant_has_its_user_and_no_binding(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var participant = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var user = (await twilio.GetAsync("Users/alice")).Ok()["sid"];
        var url = new Uri(twilio.Server.Address, twilio.PathOf("Conversations")) + $"/{conversation}";

        Assert.Equal(
            $$"""
            {"account_sid":"{{twilio.AccountSid}}","chat_service_sid":"{{twilio.ChatServiceSid}}",
            "conversation_sid":"{{conversation}}","participant_sid":"{{participant}}",
            "conversation_friendly_name":null,"conversation_state":"active","conversation_timers":{},
            "conversation_attributes":"{}","conversation_date_created":"DATE","conversation_date_updated":"DATE",
            "conversation_created_by":"system","conversation_unique_name":null,"participant_user_sid":"{{user}}",
            "participant_identity":"alice","participant_messaging_binding":null,
            "links":{"participant":"{{url}}/Participants/{{participant}}","conversation":"{{url}}"}
            }
            """.ReplaceLineEndings(""),
            Undated((await twilio.GetAsync("ParticipantConversations?Identity=alice")).Ok())
        );
    }

    [Theory, Everywhere]
    public async Task Closed_conversations_are_listed_and_removed_participants_are_not(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        List<string> conversations = [];
        for (var i = 0; i < 3; i++)
        {
            conversations.Add(await twilio.NewConversationAsync());
            await twilio.NewParticipantAsync(conversations[i], ("Identity", "alice"));
        }

        (await twilio.PostAsync($"Conversations/{conversations[0]}", ("State", "closed"))).Ok();
        (await twilio.DeleteAsync($"Conversations/{conversations[1]}/Participants/alice")).NoContent();

        var rows = (await twilio.GetAsync("ParticipantConversations?Identity=alice")).Ok().Body["conversations"]!;
        Assert.Equal(
            [$"{conversations[0]} closed", $"{conversations[2]} active"],
            rows.AsArray().Select(row => $"{row!["conversation_sid"]} {row["conversation_state"]}")
        );
    }

    [Theory, Everywhere]
    public async Task An_address_twice_in_a_conversation_is_two_items_on_pages_of_any_size(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        List<string> expected = [];
        for (var i = 0; i < 3; i++)
        {
            var conversation = await twilio.NewConversationAsync();
            for (var j = 0; j < 2; j++)
            {
                var proxy = $"+1501712266{(2 * i) + j}";
                expected.Add(await twilio.NewParticipantAsync(conversation, NewParticipant.Sms(Phone, proxy)));
            }
        }

        foreach (var size in new[] { 1, 2, 3, 6 })
        {
            List<string> forward = [];
            List<string> back = [];
            var query = $"ParticipantConversations?Address=%2B15558675310&PageSize={size}";
            var page = (await twilio.GetAsync(query)).Ok();
            forward.AddRange(Participants(page));
            while (page.Body["meta"]!["next_page_url"] is { } next)
            {
                page = (await twilio.GetAsync(next.GetValue<string>())).Ok();
                forward.AddRange(Participants(page));
            }

            back.InsertRange(0, Participants(page));
            while (page.Body["meta"]!["previous_page_url"] is { } previous)
            {
                page = (await twilio.GetAsync(previous.GetValue<string>())).Ok();
                back.InsertRange(0, Participants(page));
            }

            Assert.Equal(expected, forward);
            Assert.Equal(expected, back);
        }

        static IEnumerable<string> Participants(Answer page) =>
            page.Body["conversations"]!.AsArray().Select(row => row!["participant_sid"]!.GetValue<string>());
    }

    /// <summary>Each value that finds the participant, and those that do not.</summary>
    [Theory]
    [OnEachStore("Identity=alice", true)]
    [OnEachStore("Identity=Alice", false)]
    [OnEachStore("Identity=ali", false)]
    [OnEachStore("Identity=alice&Address=", true)]
    [OnEachStore("Address=whatsapp:%2B15558675310", true)]
    [OnEachStore("Address=%2B15558675310", false)]
    [OnEachStore("Address=whatsapp:%2B15017122661", false)] // A proxy address is no address.
    [OnEachStore("Address=whatsapp:+15558675310", false)] // A blank.
    [OnEachStore("Address=a@example.com", true)]
    [OnEachStore("Address=%2B12025550101", true)]
    [OnEachStore("Address=%2B12025550102", false)] // Nor is a projected address.
    [OnEachStore("Identity=bob", true)] // Also with a projected address.
    public async Task The_value_must_match_exactly(Store store, string query, bool found)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await twilio.NewParticipantAsync(
            conversation,
            NewParticipant.Sms("whatsapp:+15558675310", "whatsapp:+15017122661")
        );
        await twilio.NewParticipantAsync(conversation, NewParticipant.Of(address: "a@example.com"));
        var group = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(group, NewParticipant.Native("+12025550101"));
        await twilio.NewParticipantAsync(group, NewParticipant.Projected("+12025550102", "bob"));

        var rows = (await twilio.GetAsync($"ParticipantConversations?{query}")).Ok().Body["conversations"]!;

        Assert.Equal(found ? 1 : 0, rows.AsArray().Count);
    }

    [Theory, Everywhere]
    public async Task Exactly_one_of_identity_and_address_is_required(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        string[] queries = ["", "?Identity=", "?Address=&Identity=", "?Identity=a&Address=b", "?identity=a"];

        await Assert.AllAsync(
            queries,
            async query =>
                (await twilio.GetAsync($"ParticipantConversations{query}")).Is(TwilioErrors.OneIdentifierAllowed)
        );
    }

    [Theory, OnEachStore]
    public async Task Each_service_has_its_own_list(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        await twilio.NewParticipantAsync(conversation, NewParticipant.Sms(Phone, Proxy));
        var service = $"/v1/Services/{await twilio.NewServiceAsync()}";
        (await twilio.PostAsync($"{service}/Users", ("Identity", "alice"))).Created();

        foreach (var query in new[] { "Identity=alice", "Address=%2B15558675310" })
        {
            Assert.Empty(
                (await twilio.GetAsync($"{service}/ParticipantConversations?{query}")).Ok().Body[
                    "conversations"
                ]!.AsArray()
            );
            Assert.Single(
                (await twilio.In(Shape.Service).GetAsync($"ParticipantConversations?{query}")).Ok().Body[
                    "conversations"
                ]!.AsArray()
            );
        }
    }

    private static string Undated(Answer page) =>
        Masks.MaskDates(
            Assert.Single(page.Body["conversations"]!.AsArray())!.ToJsonString(Api.Wire.TwilioJson.Options)
        );
}
