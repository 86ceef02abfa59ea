using System.Net;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;

namespace Conversations.Tests.Control;

/// <summary>Messages that phones send.</summary>
public sealed class InboundTests
{
    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    [Theory, OnEachStore]
    public async Task A_text_goes_to_the_conversation_of_the_pair_and_to_its_other_phones(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver);
        var service = (await client.PostAsync("/v1/Services", ("FriendlyName", "second"))).Created()["sid"];
        var conversations = $"/v1/Services/{service}/Conversations";
        var conversation = (
            await client.PostAsync(conversations, ("State", "inactive"), ("Timers.Closed", "P1D"))
        ).Created();
        var participants = $"{conversations}/{conversation["sid"]}/Participants";
        var sender = await AddAsync(client, participants, NewParticipant.Sms(Phone, Proxy));
        await AddAsync(client, participants, NewParticipant.Sms("+15558675311", Proxy));
        (await client.PostAsync($"{conversations}/{conversation["sid"]}", ("State", "inactive"))).Ok();

        var inbound = (await SendAsync(client, Phone, Proxy, "Hello")).Created();

        Assert.Equal(
            ("delivered", conversation["sid"], sender),
            (inbound["result"], inbound["conversation_sid"], inbound["participant_sid"])
        );
        var path = inbound.Headers.Location!.ToString();
        var message = (await client.GetAsync(path)).Ok();
        Assert.EndsWith($"{service}/Conversations/{conversation["sid"]}/Messages/{inbound["message_sid"]}", path);
        Assert.Equal(
            (Phone, sender, "Hello", 0),
            (message["author"], message["participant_sid"], message["body"], (int)message.Body["index"]!)
        );
        Assert.Equal("active", (await client.GetAsync($"{conversations}/{conversation["sid"]}")).Ok()["state"]);
        var before = await receiver.GotAsync("onMessageAdd");
        var added = await receiver.GotAsync("onMessageAdded");
        Assert.Equal(("/pre", "SMS", sender), (before.Target, before["Source"], before["ParticipantSid"]));
        Assert.Equal(("/post", "SMS", "Hello"), (added.Target, added["Source"], added["Body"]));
        var woken = await receiver.GotAsync("onConversationStateUpdated");
        Assert.Equal(("EVENT", null), (woken["Reason"], woken["Source"]));
        Assert.Equal(["Hello"], await PhoneTests.BodiesAsync(client, "+15558675311"));
        Assert.Empty(await PhoneTests.BodiesAsync(client, Phone));
    }

    [Theory]
    [InlineData("whatsapp:+15558675310", "whatsapp:+15017122661", "WHATSAPP")]
    [InlineData("messenger:4711", "messenger:page", "MESSENGER")]
    [InlineData("rcs:+15558675310", "rcs:agent", "RCS")]
    public async Task Each_channel_has_its_source(string from, string to, string source)
    {
        foreach (var store in Stores.Available)
        {
            using var client = await ControlClient.NewAsync(store);
            await using var receiver = await WebhookReceiver.StartAsync();
            await HookAsync(client, receiver);
            await NewAsync(client, NewParticipant.Sms(from, to));

            var inbound = (await SendAsync(client, from, to, "Hello")).Created();

            Assert.Equal("delivered", inbound["result"]);
            Assert.Equal(source, (await receiver.GotAsync("onMessageAdd"))["Source"]);
            Assert.Equal(source, (await receiver.GotAsync("onMessageAdded"))["Source"]);
        }
    }

    [Theory, OnEachStore]
    public async Task An_email_goes_to_the_newest_conversation_with_both_addresses(Store store)
    {
        const string customer = "alice@example.com";
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver);
        foreach (var address in new[] { "support@example.com", "support@example.com", "sales@example.com" })
        {
            var conversation = await NewAsync(client, NewParticipant.Of(address: customer));
            await client.PostAsync($"/v1/Conversations/{conversation}", ("FriendlyName", address));
            (await client.PostAsync($"/v1/Conversations/{conversation}", ("Bindings.Email.Address", address))).Ok();
        }

        var inbound = (await SendAsync(client, customer, "support@example.com", new string('a', 1601))).Created();
        var other = (await SendAsync(client, customer, "jobs@example.com", "Hello")).Created();

        var first = (await client.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray();
        Assert.Equal((string?)first[1]!["sid"], inbound["conversation_sid"]);
        Assert.Equal("EMAIL", (await receiver.GotAsync("onMessageAdded"))["Source"]);
        Assert.Equal("unrouted", other["result"]);
    }

    [Theory, OnEachStore]
    public async Task A_group_text_is_found_by_the_set_of_its_addresses(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var group = await NewAsync(
            client,
            NewParticipant.Native(Phone),
            NewParticipant.Native("+15558675311"),
            NewParticipant.Projected(Proxy, identity: "alice")
        );

        var inbound = (await SendAsync(client, Phone, $"{Proxy}, +15558675311", "Hello")).Created();
        var fewer = (await SendAsync(client, Phone, Proxy, "Hello")).Created();
        var more = (await SendAsync(client, Phone, $"{Proxy},+15558675311,+15558675312", "Hello")).Created();
        var author = (await SendAsync(client, Proxy, $"{Phone},+15558675311", "Hello")).Created();

        Assert.Equal((group, "delivered"), (inbound["conversation_sid"], inbound["result"]));
        Assert.All([fewer, more, author], answer => Assert.Equal("unrouted", answer["result"]));
        var received = (await client.GetAsync("/control/phones/+15558675311")).Ok().Body["messages"]!.AsArray();
        Assert.Equal((Phone, "Hello"), ((string?)received[0]!["from"], (string?)received[0]!["body"]));
        (await client.PostAsync($"/v1/Conversations/{group}/Messages", ("Author", "alice"), ("Body", "Hi"))).Created();
        received = (await client.GetAsync($"/control/phones/{Phone}")).Ok().Body["messages"]!.AsArray();
        Assert.Equal((Proxy, "Hi"), ((string?)received[0]!["from"], (string?)received[0]!["body"]));
    }

    [Theory, OnEachStore]
    public async Task What_belongs_to_no_open_conversation_of_the_account_is_unrouted(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        await NewAsync(other, NewParticipant.Sms(Phone, Proxy));
        using var client = await ControlClient.NewAsync(other.Server);
        var empty = (await SendAsync(client, Phone, Proxy, "one")).Created();
        var conversation = await NewAsync(client, NewParticipant.Sms(Phone, Proxy));
        (await client.PostAsync($"/v1/Conversations/{conversation}", ("State", "closed"))).Ok();
        var closed = (await SendAsync(client, Phone, Proxy, "two")).Created();
        var due = await NewAsync(client, NewParticipant.Sms(Phone, Proxy));
        (await client.PostAsync($"/v1/Conversations/{due}", ("Timers.Closed", "P10D"))).Ok();
        await client.Server.PassAsync(TimeSpan.FromDays(11), due);
        var expired = (await SendAsync(client, Phone, Proxy, "three")).Created();

        Assert.All(
            [empty, closed, expired],
            answer => Assert.Equal(("unrouted", null), (answer["result"], (string?)answer.Body["message_sid"]))
        );
        Assert.DoesNotContain("CH", empty["reason"], StringComparison.Ordinal);
        Assert.Contains($"{conversation} had one and is closed", closed["reason"], StringComparison.Ordinal);
        Assert.Contains($"{due} had one and is closed", expired["reason"], StringComparison.Ordinal);
        Assert.DoesNotContain(
            await Rows.WithAsync(client.Server, client.AccountSid),
            row => row.StartsWith("messages", StringComparison.Ordinal)
        );
    }

    [Theory, OnEachStore]
    public async Task A_webhook_may_refuse_the_message_or_change_it(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver);
        var conversation = await NewAsync(client, NewParticipant.Sms(Phone, Proxy));
        receiver.AnswerWith(403);

        var refused = await SendAsync(client, Phone, Proxy, "Hello");

        Assert.Equal((HttpStatusCode.Forbidden, 50056), (refused.Status, (int)refused.Body["code"]!));
        Assert.Equal("application/problem+json", refused.ContentHeaders.ContentType?.MediaType);
        receiver.AnswerWith(200, """{"body": "changed", "author": "bob"}""");
        var changed = (await SendAsync(client, Phone, Proxy, "Hello")).Created();
        Assert.Null((string?)changed.Body["participant_sid"]);
        var messages = (await client.GetAsync($"/v1/Conversations/{conversation}/Messages")).Ok().Body["messages"]!;
        var only = Assert.Single(messages.AsArray())!;
        Assert.Equal(("changed", "bob"), ((string?)only["body"], (string?)only["author"]));
    }

    [Theory, OnEachStore]
    public async Task The_author_is_the_participant_of_the_pair_whoever_else_has_the_address(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var conversation = await NewAsync(
            client,
            NewParticipant.Chat(Phone),
            NewParticipant.Sms(Phone, "+15017122662")
        );
        var participants = $"/v1/Conversations/{conversation}/Participants";
        var sender = await AddAsync(client, participants, NewParticipant.Sms(Phone, Proxy));

        var inbound = (await SendAsync(client, Phone, Proxy, "Hello")).Created();

        Assert.Equal(sender, inbound["participant_sid"]);
        var messages = (await client.GetAsync($"/v1/Conversations/{conversation}/Messages")).Ok().Body["messages"]!;
        Assert.Equal((sender, Phone), ((string?)messages[0]!["participant_sid"], (string?)messages[0]!["author"]));
    }

    [Theory, OnEachStore]
    public async Task Media_are_shown_as_the_phone_described_them_wherever_the_message_is(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var conversation = await NewAsync(
            client,
            NewParticipant.Sms(Phone, Proxy),
            NewParticipant.Sms("+15558675311", Proxy)
        );

        var inbound = (await SendMediaAsync(client, Phone, Proxy)).Created();
        var path = $"/v1/Conversations/{conversation}/Messages/{inbound["message_sid"]}";

        var message = (await client.GetAsync(path)).Ok();
        var (one, two) = (SidOf(0), SidOf(1));
        var shown = $$"""
            [{"sid":"{{one}}","size":5242880,"content_type":"image/svg+xml; charset=utf-8","filename":"größe \"1\".svg",
            "category":"media"},{"sid":"{{two}}","size":0,"content_type":"application/octet-stream","filename":null,
            "category":"media"}]
            """.ReplaceLineEndings("");
        Assert.Matches("^ME[0-9a-f]{32} ME[0-9a-f]{32}$", $"{one} {two}");
        Assert.NotEqual(one, two);
        Assert.Contains($"\"body\":\"\",\"media\":{shown},", message.Text, StringComparison.Ordinal);
        var messages = (await client.GetAsync($"/v1/Conversations/{conversation}/Messages")).Ok();
        Assert.Contains(shown, messages.Text, StringComparison.Ordinal);
        var phone = (await client.GetAsync("/control/phones/+15558675311")).Ok();
        Assert.Contains($"\"body\":\"\",\"media\":{shown},", phone.Text, StringComparison.Ordinal);
        var receipts = (await client.GetAsync($"{path}/Receipts")).Ok().Body["delivery_receipts"]!.AsArray();
        Assert.StartsWith("MM", (string?)Assert.Single(receipts)!["channel_message_sid"], StringComparison.Ordinal);
        var list = (await client.GetAsync("/control/conversations")).Ok().Body["conversations"]!;
        Assert.Null(list[0]!["last_message"]!["body"]);

        string SidOf(int number) => (string)message.Body["media"]![number]!["sid"]!;
    }

    [Theory, OnEachStore]
    public async Task The_events_of_a_message_with_media_show_them_also_when_it_changes(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver);
        await NewAsync(client, NewParticipant.Sms(Phone, Proxy));

        var path = (await SendMediaAsync(client, Phone, Proxy)).Created().Headers.Location!.ToString();
        (await client.PostAsync(path, ("Body", "text"))).Is(TwilioErrors.MediaBodyNotUpdatable);
        var media = (await client.PostAsync(path, ("Attributes", "[]"))).Ok().Body["media"]!;

        var (one, two) = (media[0]!["sid"], media[1]!["sid"]);
        foreach (var type in new[] { "onMessageAdd", "onMessageAdded", "onMessageUpdate", "onMessageUpdated" })
        {
            var told = await receiver.GotAsync(type);
            Assert.Equal("", told["Body"] ?? "");
            Assert.Equal(
                $$"""
                [{"Sid":"{{one}}","Filename":"größe \"1\".svg","ContentType":"image/svg+xml; charset=utf-8",
                "Size":5242880},{"Sid":"{{two}}","Filename":null,"ContentType":"application/octet-stream","Size":0}]
                """.ReplaceLineEndings(""),
                told["Media"]
            );
        }
    }

    [Theory]
    [InlineData("""{}""", "from")]
    [InlineData("""{"from": "5558675310", "to": "+15017122661"}""", "from")]
    [InlineData("""{"from": "chat:\u0000", "to": "chat:a"}""", "from")]
    [InlineData("""{"from": "+15558675310"}""", "to")]
    [InlineData("""{"from": "+15558675310", "to": "messenger:a,messenger:\u0000"}""", "to")]
    [InlineData("""{"from": "+15558675310", "to": "1234,1234,1234,1234,1234,1234,1234,1234,1234,1234"}""", "to")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "body": "a\u0000"}""", "body")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "body": 1}""", "body")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661"}""", "A message needs a body or media.")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "body": "", "media": []}""", "a body or media.")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "body": "LONG"}""", "1600 characters")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": {}}""", "media")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": [null]}""", "media[0]: must be an object")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": [{}, {"size": -1}]}""", "media[1]: size")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": [{"size": 5242881}]}""", "5242880 (5 MB)")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": [{"filename": ""}]}""", "filename")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": [{"filename": "a\u0000"}]}""", "filename")]
    [InlineData("""{"from": "+15558675310", "to": "+15017122661", "media": [{"filename": "\ud800"}]}""", "")]
    [InlineData(
        """{"from": "+15558675310", "to": "+15017122661", "media": [{"filename": "LONG"}]}""",
        "255 characters"
    )]
    [InlineData(
        """{"from": "+15558675310", "to": "+15017122661", "media": [{"content_type": "jpeg"}]}""",
        "content_type"
    )]
    [InlineData(
        """{"from": "+15558675310", "to": "+15017122661", "media": [{"content_type": "image/*"}]}""",
        "content_type"
    )]
    [InlineData(
        """{"from": "+15558675310", "to": "+15017122661", "media": [{"content_type": "a/b; \n"}]}""",
        "content_type"
    )]
    [InlineData(
        """{"from": "+15558675310", "to": "+15017122661", "media": [{},{},{},{},{},{},{},{},{},{},{}]}""",
        "10 files"
    )]
    [InlineData("""[]""", "")]
    public async Task What_no_phone_can_send_is_refused_by_name(string json, string named)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await NewAsync(client, NewParticipant.Sms(Phone, Proxy));

        var answer = await client.PostTextAsync(
            "/control/inbound",
            json.Replace("LONG", new string('a', 1601), StringComparison.Ordinal)
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(named, answer["detail"], StringComparison.Ordinal);
        (await SendAsync(client, Phone, Proxy, new string('ä', 1600))).Created();
    }

    /// <summary>Creates a conversation with participants and returns its SID.</summary>
    internal static async Task<string> NewAsync(
        ControlClient client,
        params IEnumerable<(string Name, string Value)[]> participants
    )
    {
        var sid = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        foreach (var participant in participants)
        {
            await AddAsync(client, $"/v1/Conversations/{sid}/Participants", participant);
        }

        return sid;
    }

    internal static Task<Answer> SendAsync(ControlClient client, string from, string to, string body) =>
        client.PostJsonAsync(
            "/control/inbound",
            new JsonObject
            {
                ["from"] = from,
                ["to"] = to,
                ["body"] = body,
            }
        );

    /// <summary>Sends two files without a text.</summary>
    internal static Task<Answer> SendMediaAsync(ControlClient client, string from, string to) =>
        client.PostTextAsync(
            "/control/inbound",
            $$"""
            {
              "from": "{{from}}", "to": "{{to}}",
              "media": [
                { "content_type": "image/svg+xml; charset=utf-8", "filename": "größe \"1\".svg", "size": 5242880 },
                {}
              ]
            }
            """
        );

    private static async Task<string> AddAsync(
        ControlClient client,
        string participants,
        (string Name, string Value)[] form
    ) => (await client.PostAsync(participants, form)).Created()["sid"];

    private static async Task HookAsync(ControlClient client, WebhookReceiver receiver) =>
        (
            await client.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PreWebhookUrl", receiver.Url("/pre")),
                ("PostWebhookUrl", receiver.Url("/post")),
                ("Filters", "onMessageAdd"),
                ("Filters", "onMessageAdded"),
                ("Filters", "onMessageUpdate"),
                ("Filters", "onMessageUpdated"),
                ("Filters", "onConversationStateUpdated")
            )
        ).Ok();
}
