using Conversations.Api.Errors;

namespace Conversations.Tests.Participants;

/// <summary>Fetch, and how a path identifies a participant. Update and delete use the same lookup.</summary>
public sealed class FetchParticipantTests
{
    [Theory, Everywhere]
    public async Task Fetch_returns_the_answer_of_create(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("Attributes", """{ "role": "driver" }""")
            )
        ).Created();

        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/{created["sid"]}")).Ok().Text
        );
        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok().Text
        );
        Assert.Equal(created.Text, (await twilio.GetAsync(created["url"])).Ok().Text);
    }

    [Theory, OnEachStore]
    public async Task Fetch_in_the_other_shape_differs_only_in_url_and_chat_service(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        var plain = (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok();
        var service = (
            await twilio.In(Shape.Service).GetAsync($"Conversations/{conversation}/Participants/alice")
        ).Ok();

        Assert.Equal(
            plain
                .Text.Replace(
                    "\"conversation_sid\"",
                    $"\"chat_service_sid\":\"{twilio.ChatServiceSid}\",\"conversation_sid\"",
                    StringComparison.Ordinal
                )
                .Replace("/v1/", $"/v1/Services/{twilio.ChatServiceSid}/", StringComparison.Ordinal),
            service.Text
        );
    }

    [Theory]
    [OnEachStore("a b", "a%20b")]
    [OnEachStore("ü", "%C3%BC")]
    [OnEachStore("a+b@example.com", "a+b@example.com")]
    [OnEachStore("a+b@example.com", "a%2Bb%40example.com")]
    [OnEachStore("x/y", "x%2Fy")]
    [OnEachStore("x/y", "x%2fy")]
    [OnEachStore("x/", "x%2F")]
    [OnEachStore("/", "%2F")]
    [OnEachStore("x%2Fy", "x%252Fy")]
    [OnEachStore("100%", "100%25")]
    [OnEachStore("why?#me&you;=", "why%3F%23me%26you%3B%3D")]
    [OnEachStore("\\\"'<>:*!", "%5C%22%27%3C%3E%3A%2A%21")]
    [OnEachStore("🙂", "%F0%9F%99%82")]
    [OnEachStore("null", "null")]
    [OnEachStore("MB123", "MB123")]
    [OnEachStore("CH00000000000000000000000000000000", "CH00000000000000000000000000000000")]
    public async Task An_identity_in_the_path_is_percent_decoded_once(Store store, string identity, string encoded)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, ("Identity", identity));
        var path = $"Conversations/{conversation}/Participants/{encoded}";

        var fetched = (await twilio.GetAsync(path)).Ok();
        Assert.Equal((sid, identity), (fetched["sid"], fetched["identity"]));
        Assert.Equal(sid, (await twilio.PostAsync(path, ("Attributes", "1"))).Ok()["sid"]);
        (await twilio.DeleteAsync(path)).NoContent();
        (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound($"/{path}"));
    }

    [Theory]
    [OnEachStore("a", 256)]
    [OnEachStore("ü", 256)]
    [OnEachStore("🙂", 128)]
    public async Task An_identity_of_256_characters_can_be_fetched(Store store, string text, int times)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var identity = string.Concat(Enumerable.Repeat(text, times));
        await twilio.NewParticipantAsync(conversation, ("Identity", identity));

        Assert.Equal(
            identity,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/{Uri.EscapeDataString(identity)}")).Ok()[
                "identity"
            ]
        );
    }

    [Theory, Everywhere]
    public async Task A_participant_whose_identity_looks_like_a_SID_is_found_only_by_its_SID(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var alice = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var absent = await twilio.NewParticipantAsync(conversation, ("Identity", "MB0123456789abcdef0123456789ABCDEF"));
        var twin = await twilio.NewParticipantAsync(conversation, ("Identity", alice));
        var path = $"Conversations/{conversation}/Participants";

        var byIdentity = twilio.PathOf($"{path}/MB0123456789abcdef0123456789ABCDEF");
        (await twilio.GetAsync(byIdentity)).Is(TwilioErrors.NotFound(byIdentity["/v1".Length..]));
        (await twilio.PostAsync(byIdentity)).Is(TwilioErrors.NotFound(byIdentity["/v1".Length..]));
        (await twilio.DeleteAsync(byIdentity)).Is(TwilioErrors.NotFound(byIdentity["/v1".Length..]));
        Assert.Equal(
            "MB0123456789abcdef0123456789ABCDEF",
            (await twilio.GetAsync($"{path}/{absent}")).Ok()["identity"]
        );
        Assert.Equal("alice", (await twilio.GetAsync($"{path}/{alice}")).Ok()["identity"]);
        Assert.Equal(alice, (await twilio.GetAsync($"{path}/{twin}")).Ok()["identity"]);
    }

    [Theory, Everywhere]
    public async Task Identities_are_case_sensitive(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var lower = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var upper = await twilio.NewParticipantAsync(conversation, ("Identity", "Alice"));

        Assert.Equal(lower, (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok()["sid"]);
        Assert.Equal(upper, (await twilio.GetAsync($"Conversations/{conversation}/Participants/Alice")).Ok()["sid"]);
    }

    [Theory]
    [OnEachStore("ride4711", "ride4711")]
    [OnEachStore("ride 4711", "ride%204711")]
    [OnEachStore("ride/4711", "ride%2F4711")]
    [OnEachStore("Participants", "Participants")]
    [OnEachStore("ü+🙂", "%C3%BC+%F0%9F%99%82")]
    public async Task The_path_may_contain_the_UniqueName_of_the_conversation(Store store, string name, string encoded)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync(("UniqueName", name));
        var created = (
            await twilio.PostAsync($"Conversations/{encoded}/Participants", ("Identity", "alice"))
        ).Created();
        var path = $"Conversations/{encoded}/Participants/alice";

        Assert.Equal(conversation, created["conversation_sid"]);
        Assert.EndsWith(
            $"/v1/Conversations/{conversation}/Participants/{created["sid"]}",
            created["url"],
            StringComparison.Ordinal
        );
        Assert.Equal(created.Text, (await twilio.GetAsync(path)).Ok().Text);
        (await twilio.PostAsync(path)).Ok();
        (await twilio.DeleteAsync(path)).NoContent();
        (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound($"/{path}"));
    }

    [Theory, Everywhere]
    public async Task No_operation_finds_an_absent_or_foreign_participant_or_one_of_another_conversation(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var stranger = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var other = await twilio.NewConversationAsync();
        var otherParticipant = await twilio.NewParticipantAsync(other, ("Identity", "bob"));
        var foreign = await stranger.NewConversationAsync();
        var foreignParticipant = await stranger.NewParticipantAsync(foreign, ("Identity", "carol"));
        var service = await twilio.NewServiceAsync();
        var elsewhere = (await twilio.PostAsync($"/v1/Services/{service}/Conversations")).Created()["sid"];
        (
            await twilio.PostAsync(
                $"/v1/Services/{service}/Conversations/{elsewhere}/Participants",
                ("Identity", "dave")
            )
        ).Created();
        string[] paths =
        [
            $"Conversations/{conversation}/Participants/absent",
            $"Conversations/{conversation}/Participants/MB00000000000000000000000000000000",
            $"Conversations/{conversation}/Participants/bob",
            $"Conversations/{conversation}/Participants/{otherParticipant}",
            $"Conversations/{conversation}/Participants/{foreignParticipant}",
            $"Conversations/{foreign}/Participants/{foreignParticipant}",
            $"Conversations/{foreign}/Participants/carol",
            $"Conversations/{elsewhere}/Participants/dave",
            $"Conversations/absent/Participants/{otherParticipant}",
            $"/v1/Services/{stranger.ChatServiceSid}/Conversations/{foreign}/Participants/{foreignParticipant}",
            $"/v1/Services/{stranger.ChatServiceSid}/Conversations/{conversation}/Participants/{otherParticipant}",
            $"/v1/Services/IS00000000000000000000000000000000/Conversations/{other}/Participants/bob",
        ];

        foreach (var path in paths.Select(twilio.PathOf))
        {
            (await twilio.GetAsync($"{path}?PageSize=1")).Is(TwilioErrors.NotFound(path["/v1".Length..]));
            (await twilio.PostAsync(path, ("Attributes", "{"))).Is(TwilioErrors.NotFound(path["/v1".Length..]));
            (await twilio.DeleteAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        }

        (await stranger.GetAsync($"Conversations/{foreign}/Participants/carol")).Ok();
        (await twilio.GetAsync($"Conversations/{other}/Participants/bob")).Ok();
    }

    [Theory, Everywhere]
    public async Task A_closed_conversation_can_be_read(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                NewParticipant.Sms("+15558675310", "+15017122661")
            )
        ).Created();
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        Assert.Equal(
            created.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/{created["sid"]}")).Ok().Text
        );
        Assert.Single(
            (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok().Body["participants"]!.AsArray()
        );
    }
}
