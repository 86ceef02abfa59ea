using System.Net;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Control;

/// <summary>What phones have received.</summary>
public sealed class PhoneTests
{
    private const string Phone = "+15558675310";

    private const string Proxy = "+15017122661";

    private const string Blocked = "+15005550004";

    [Theory, OnEachStore]
    public async Task A_phone_shows_what_it_has_received_from_all_conversations_in_order(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var first = await InboundTests.NewAsync(client, NewParticipant.Sms(Phone, Proxy));
        var second = await InboundTests.NewAsync(client, NewParticipant.Sms(Phone, "+15017122662"));
        var sid = await AddAsync(client, first, "one");
        await AddAsync(client, second, "two");
        await AddAsync(client, first, "three");

        Assert.Equal(["one", "two", "three"], await BodiesAsync(client, Phone));
        Assert.Equal(["two", "three"], await BodiesAsync(client, Phone, "?limit=2"));
        Assert.Equal(["two", "three"], await BodiesAsync(client, Phone, $"?since={sid}"));
        var message = (await client.GetAsync($"/control/phones/{Phone}?limit=1000")).Ok().Body["messages"]![0]!;
        Assert.Equal(
            "body conversation_sid date_created error_code from media message_sid status to",
            string.Join(' ', message.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal))
        );
        Assert.Equal(
            (sid, first, Proxy, Phone),
            (
                (string?)message["message_sid"],
                (string?)message["conversation_sid"],
                (string?)message["from"],
                (string?)message["to"]
            )
        );
        Assert.Empty(message["media"]!.AsArray());
    }

    [Theory, OnEachStore]
    public async Task A_message_shows_how_far_it_came(Store store)
    {
        using var server = TestServer.With(await WebhookServers.NewDatabaseAsync(store), ("Delivery:StepSeconds", "0"));
        using var client = await ControlClient.NewAsync(server);
        var conversation = await InboundTests.NewAsync(
            client,
            NewParticipant.Sms(Phone, Proxy),
            NewParticipant.Sms(Blocked, Proxy)
        );
        await AddAsync(client, conversation, "one");

        Assert.Equal(["one"], await BodiesAsync(client, Phone, "?status=delivered&wait=60s"));
        Assert.Equal(["one"], await BodiesAsync(client, Blocked, "?status=failed&wait=60s"));
        var failed = (await client.GetAsync($"/control/phones/{Blocked}")).Ok().Body["messages"]![0]!;
        Assert.Equal(("failed", 21610), ((string?)failed["status"], (int?)failed["error_code"]));
    }

    [Theory, OnEachStore]
    public async Task The_list_counts_messages_by_address_in_the_own_account_only(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        await AddAsync(other, await InboundTests.NewAsync(other, NewParticipant.Sms(Phone, Proxy)), "foreign");
        using var client = await ControlClient.NewAsync(other.Server);
        Assert.Equal([], await CountsAsync(client));
        Assert.Empty(await BodiesAsync(client, Phone));
        var service = (await client.PostAsync("/v1/Services", ("FriendlyName", "second"))).Created()["sid"];
        var there = (await client.PostAsync($"/v1/Services/{service}/Conversations")).Created()["url"];
        (await client.PostAsync($"{there}/Participants", NewParticipant.Sms(Phone, "+15017122662"))).Created();
        (await client.PostAsync($"{there}/Messages", ("Body", "one"))).Created();
        var conversation = await InboundTests.NewAsync(
            client,
            NewParticipant.Chat("alice"),
            NewParticipant.Sms(Phone, Proxy),
            NewParticipant.Sms("whatsapp:+15558675311", "whatsapp:+15017122661")
        );
        await InboundTests.NewAsync(client, NewParticipant.Sms("+15558675312", Proxy));
        await AddAsync(client, conversation, "two");

        Assert.Equal([(Phone, 2), ("+15558675312", 0), ("whatsapp:+15558675311", 1)], await CountsAsync(client));
        Assert.Equal(["one", "two"], await BodiesAsync(client, Phone));
    }

    [Theory, OnEachStore]
    public async Task A_wait_ends_with_the_message_that_comes(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var conversation = await InboundTests.NewAsync(client, NewParticipant.Sms(Phone, Proxy));
        var inbound = (await InboundTests.SendAsync(client, Phone, Proxy, "Hello")).Created();
        var answer = BodiesAsync(client, Phone, $"?wait=60s&since={inbound["message_sid"]}");

        await AddAsync(client, conversation, "Hi");

        Assert.Equal(["Hi"], await answer);
        Assert.Empty(await BodiesAsync(client, Phone, "?wait=10ms&status=failed"));
    }

    [Theory]
    [InlineData("%2B15558675310", HttpStatusCode.OK)]
    [InlineData("unknown", HttpStatusCode.OK)]
    [InlineData("a?wait=soon", HttpStatusCode.BadRequest)]
    [InlineData("a?limit=x", HttpStatusCode.BadRequest)]
    [InlineData("a?since=%00", HttpStatusCode.BadRequest)]
    [InlineData("a?status=%00", HttpStatusCode.BadRequest)]
    [InlineData("a%00", HttpStatusCode.BadRequest)]
    public async Task Any_text_is_an_address(string path, HttpStatusCode status)
    {
        foreach (var store in Stores.Available)
        {
            using var client = await ControlClient.NewAsync(store);

            Assert.Equal(status, (await client.GetAsync($"/control/phones/{path}")).Status);
        }
    }

    /// <summary>The texts that a phone has received.</summary>
    internal static async Task<IEnumerable<string?>> BodiesAsync(
        ControlClient client,
        string address,
        string query = ""
    ) =>
        (await client.GetAsync($"/control/phones/{address}{query}")).Ok().Body["messages"]!
            .AsArray()
            .Select(message => (string?)message!["body"]);

    private static async Task<IEnumerable<(string?, int)>> CountsAsync(ControlClient client) =>
        (await client.GetAsync("/control/phones")).Ok().Body["phones"]!
            .AsArray()
            .Select(phone => ((string?)phone!["address"], (int)phone["messages"]!));

    private static async Task<string> AddAsync(ControlClient client, string conversation, string body) =>
        (await client.PostAsync($"/v1/Conversations/{conversation}/Messages", ("Body", body))).Created()["sid"];
}
