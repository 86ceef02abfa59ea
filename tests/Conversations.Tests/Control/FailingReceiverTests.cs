using Conversations.Api.Errors;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Control;

/// <summary>Rules that make webhooks fail, and deliveries to addresses.</summary>
public sealed class FailingReceiverTests
{
    [Theory, OnEachStore]
    public async Task A_receiver_that_fails_by_a_rule_is_not_called_and_the_event_is_sent_again(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver, "onConversationAdded");
        var status = await FaultTests.AddAsync(client, """{"receiver":"/post","webhook_status":503,"nth":1}""");
        var refused = await FaultTests.AddAsync(client, """{"webhook_error":"refused","times":1}""");
        await FaultTests.AddAsync(client, """{"receiver":"/elsewhere","webhook_error":"timeout"}""");

        await client.PostAsync("/v1/Conversations", ("FriendlyName", "eins"));

        var found = (await client.GetAsync("/control/deliveries?wait=60s&result=delivered")).Ok();
        var tries = found.Body["deliveries"]![0]!["tries"]!.AsArray();
        Assert.Equal(
            [("200", null), ("ConnectionError", refused), ("503", status)],
            tries.Select(one => ((string?)one!["result"], (string?)one["fault"]))
        );
        Assert.Equal("eins", Assert.Single(receiver.Requests)["FriendlyName"]);
        var rules = (await client.GetAsync("/control/faults")).Ok().Body["faults"]!.AsArray();
        Assert.Equal([(3, 1), (2, 1), (0, 0)], rules.Select(rule => ((int)rule!["matches"]!, (int)rule["hits"]!)));
    }

    [Theory, OnEachStore]
    public async Task A_pre_action_receiver_rejects_or_does_not_answer_by_a_rule(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver, "onParticipantAdd");
        (await client.PostAsync("/v1/Conversations", ("UniqueName", "room"))).Created();
        await FaultTests.AddAsync(client, """{"identity":"alice","webhook_status":403}""");
        await FaultTests.AddAsync(client, """{"address":"+15558675310","webhook_error":"timeout"}""");
        const string Path = "/v1/Conversations/room/Participants";

        (await client.PostAsync(Path, ("Identity", "alice"))).Is(TwilioErrors.WebhookCancelled);
        (await client.PostAsync(Path, NewParticipant.Sms("+15558675310", "+15017122661"))).Created();
        Assert.Empty(receiver.Requests);
        (await client.PostAsync(Path, ("Identity", "bob"))).Created();

        Assert.Equal("bob", Assert.Single(receiver.Requests)["Identity"]);
        var results = (await client.GetAsync("/control/deliveries")).Ok().Body["deliveries"]!.AsArray();
        Assert.Equal(
            ["200", "no answer in time", "403"],
            results.Select(delivery => (string?)delivery!["tries"]![0]!["result"])
        );
    }

    [Theory, OnEachStore]
    public async Task Rules_and_reserved_addresses_decide_the_outcome_of_deliveries(Store store)
    {
        await using var server = TestServer.With(
            await WebhookServers.NewDatabaseAsync(store),
            ("Delivery:StepSeconds", "0")
        );
        using var client = await ControlClient.NewAsync(server);
        (await client.PostAsync("/v1/Conversations", ("UniqueName", "room"))).Created();
        string[] addresses =
        [
            "+15558675310",
            "+15558675311",
            "+15005550004",
            "+15005530003",
            "+15005530005",
            "+15005530006",
            "+15005530007",
            "+15005530008",
        ];
        foreach (var address in addresses)
        {
            var form = NewParticipant.Sms(address, "+15017122661");
            (await client.PostAsync("/v1/Conversations/room/Participants", form)).Created();
        }

        await FaultTests.AddAsync(
            client,
            """{"address":"+15558675310","delivery":"undelivered","delivery_error":30007,"nth":2}"""
        );
        await FaultTests.AddAsync(client, """{"address":"+15558675310","delivery":"failed","nth":2}""");
        await FaultTests.AddAsync(client, """{"address":"+15558675311","delivery":"sent","times":1}""");
        await FaultTests.AddAsync(client, """{"address":"+15005550004","delivery":"delivered","times":1}""");
        string[] carriers =
        [
            "undelivered 30003",
            "undelivered 30005",
            "undelivered 30006",
            "undelivered 30007",
            "undelivered 30008",
        ];

        Assert.Equal(["delivered ", "sent ", "delivered ", .. carriers], await SendAsync(client));
        Assert.Equal(["undelivered 30007", "delivered ", "failed 21610", .. carriers], await SendAsync(client));
        Assert.Equal(["failed 30008", "delivered ", "failed 21610", .. carriers], await SendAsync(client));
        var rules = (await client.GetAsync("/control/faults")).Ok().Body["faults"]!.AsArray();
        Assert.Equal(
            [(3, 1), (2, 1), (3, 1), (3, 1)],
            rules.Select(rule => ((int)rule!["matches"]!, (int)rule["hits"]!))
        );
    }

    // The last statuses of the deliveries of a new message, in the order of the participants.
    private static async Task<IReadOnlyList<string>> SendAsync(ControlClient client)
    {
        var message = (await client.PostAsync("/v1/Conversations/room/Messages", ("Body", "x"))).Created();
        while (true)
        {
            var list = (await client.GetAsync($"{new Uri(message["url"]).AbsolutePath}/Receipts")).Ok();
            var receipts = list.Body["delivery_receipts"]!
                .AsArray()
                .OrderBy(receipt => (string?)receipt!["participant_sid"], StringComparer.Ordinal)
                .ToList();

            // All receipts of a message make their steps together, and this is a second step.
            if ((string?)receipts[^1]!["status"] == "undelivered")
            {
                return [.. receipts.Select(receipt => $"{receipt!["status"]} {receipt["error_code"]}")];
            }

            await Task.Delay(20);
        }
    }

    private static async Task HookAsync(ControlClient client, WebhookReceiver receiver, string filter) =>
        (
            await client.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", receiver.Url("/post")),
                ("PreWebhookUrl", receiver.Url("/pre")),
                ("Filters", filter)
            )
        ).Ok();
}
