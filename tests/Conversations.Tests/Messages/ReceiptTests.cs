using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Messages;

/// <summary>
/// The receipts of messages, and their simulated delivery. The steps of most servers are a day apart, and a test makes
/// the next one due.
/// </summary>
public sealed class ReceiptTests
{
    private const string Proxy = "+15017122661";

    private static readonly string[] Hooks = ["onDeliveryUpdated"];

    [Theory, Everywhere]
    public async Task Each_participant_with_an_address_except_the_author_gets_a_receipt(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (conversation, sms, whatsApp) = await NewConversationAsync(twilio);
        var messages = $"Conversations/{conversation}/Messages";

        var byAlice = (await twilio.PostAsync(messages, ("Author", "alice"), ("Body", "x"))).Created();
        var bySms = (await twilio.PostAsync(messages, ("Author", "+15558675310"), ("Body", "x"))).Created();

        Assert.Null(byAlice.Body["delivery"]);
        Assert.Equal(byAlice.Text, (await twilio.GetAsync(byAlice["url"])).Ok().Text);
        var receipts = await ReceiptsOfAsync(twilio, byAlice);
        Assert.Equal([sms, whatsApp], receipts.Select(receipt => (string?)receipt["participant_sid"]));
        Assert.Equal(["SM", "WA"], receipts.Select(receipt => $"{receipt["channel_message_sid"]}"[..2]));
        Assert.Equal(
            [whatsApp],
            (await ReceiptsOfAsync(twilio, bySms)).Select(receipt => (string?)receipt["participant_sid"])
        );
        var (service, root) =
            shape == Shape.Service ? ("\"chat_service_sid\":\"ISx\",", "HOST/v1/Services/ISx") : ("", "HOST/v1");
        Assert.Equal(
            $$"""
            {"sid":"DYx","account_sid":"ACx",{{service}}"conversation_sid":"CHx","message_sid":"IMx",
            "channel_message_sid":"{{receipts[0][
                "channel_message_sid"
            ]}}","status":null,"error_code":null,"participant_sid":"MBx","date_created":"DATE",
            "date_updated":null,"url":"{{root}}/Conversations/CHx/Messages/IMx/Receipts/DYx"}
            """.ReplaceLineEndings(
                ""
            ),
            Masks.Mask((await twilio.GetAsync((string)receipts[0]["url"]!)).Ok().Text)
        );
        await Invariants.HoldAsync(twilio);
    }

    [Theory, Everywhere]
    public async Task A_delivery_is_sent_and_then_delivered_and_the_message_counts_it(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (conversation, _, _) = await NewConversationAsync(twilio);
        var message = (await twilio.PostAsync($"Conversations/{conversation}/Messages", ("Body", "x"))).Created();

        var sent = await StepAsync(twilio, message, "sent");
        Assert.Equal(Delivery(2, sent: "all"), DeliveryOf(sent));
        var delivered = await StepAsync(twilio, message, "delivered");
        Assert.Equal(Delivery(2, sent: "all", delivered: "all"), DeliveryOf(delivered));

        Assert.All(
            await ReceiptsOfAsync(twilio, message),
            receipt =>
            {
                Assert.Null(receipt["error_code"]);
                Assert.NotNull(receipt["date_updated"]);
            }
        );
        Assert.Equal(
            DeliveryOf(delivered),
            DeliveryOf((await twilio.PostAsync(message["url"], ("Body", "other"))).Ok())
        );
        var listed = (await twilio.GetAsync($"Conversations/{conversation}/Messages")).Ok().Body["messages"]!;
        Assert.Equal(DeliveryOf(delivered), listed[0]!["delivery"]!.ToJsonString(TwilioJson.Options));
        await Invariants.HoldAsync(twilio);
    }

    [Theory, OnEachStore]
    public async Task Outcomes_are_those_of_the_configuration_of_the_test_numbers_and_of_long_texts(Store store)
    {
        await using var server = TestServer.With(
            await WebhookServers.NewDatabaseAsync(store),
            ("Delivery:StepSeconds", "0"),
            ("Delivery:WhatsAppReads", "true"),
            ("Delivery:Outcomes:0:Address", "+15558675311"),
            ("Delivery:Outcomes:0:Status", "undelivered"),
            ("Delivery:Outcomes:0:ErrorCode", "30007"),
            ("Delivery:Outcomes:1:Address", "whatsapp:+15558675312"),
            ("Delivery:Outcomes:1:ErrorCode", "63016")
        );
        var twilio = await Twilio.NewAccountAsync(server);
        var conversation = await twilio.NewConversationAsync();
        string[] participants =
        [
            await NewAsync("+15558675310"),
            await NewAsync("+15558675311"),
            await NewAsync("whatsapp:+15558675312"),
            await NewAsync("whatsapp:+15558675313"),
            await NewAsync("+15005550009"),
            await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "a@example.com")),
        ];
        var messages = $"Conversations/{conversation}/Messages";

        var first = (await twilio.PostAsync(messages, ("Body", new string('x', 1600)))).Created();
        Assert.Equal(
            ["delivered ", "undelivered 30007", "failed 63016", "read ", "failed 21614", "delivered "],
            await FinalAsync(first)
        );
        var shown = (await twilio.GetAsync(first["url"])).Ok();
        Assert.Equal(Delivery(6, "some", "some", "some", "some", "some"), DeliveryOf(shown));
        var second = (await twilio.PostAsync(messages, ("Body", new string('x', 1601)))).Created();
        Assert.Equal([.. Enumerable.Repeat("failed 21617", 5), "delivered "], await FinalAsync(second));

        var reader = (await twilio.GetAsync($"Conversations/{conversation}/Participants/{participants[3]}")).Ok();
        Assert.Equal(0, reader.Body["last_read_message_index"]!.GetValue<int>());
        Assert.NotNull(reader.Body["last_read_timestamp"]);
        await Invariants.HoldAsync(twilio);

        Task<string> NewAsync(string address) =>
            twilio.NewParticipantAsync(
                conversation,
                NewParticipant.Sms(
                    address,
                    address.StartsWith("whatsapp", StringComparison.Ordinal) ? $"whatsapp:{Proxy}" : Proxy
                )
            );

        async Task<List<string>> FinalAsync(Answer message)
        {
            var receipts = await UntilAsync(() => ReceiptsOfAsync(twilio, message), all => all.All(IsFinal));
            return
            [
                .. participants
                    .Select(sid => receipts.Single(receipt => (string?)receipt["participant_sid"] == sid))
                    .Select(receipt => $"{receipt["status"]} {receipt["error_code"]}"),
            ];
        }

        // Those of one participant are read after they are delivered.
        bool IsFinal(JsonNode receipt) =>
            (string?)receipt["status"] is not (null or "sent")
            && ((string?)receipt["status"], (string?)receipt["participant_sid"]) != ("delivered", participants[3]);
    }

    [Theory, OnEachStore]
    public async Task With_the_default_pause_a_message_is_delivered_without_a_further_request(Store store)
    {
        await using var server = TestServer.With(
            await WebhookServers.NewDatabaseAsync(store),
            ("Delivery:StepSeconds", "0.4")
        );
        var twilio = await Twilio.NewAccountAsync(server);
        var (conversation, _, _) = await NewConversationAsync(twilio);

        var message = (await twilio.PostAsync($"Conversations/{conversation}/Messages")).Created();

        var delivered = await UntilAsync(
            async () => (await twilio.GetAsync(message["url"])).Ok(),
            answer => (string?)answer.Body["delivery"]?["delivered"] == "all"
        );
        Assert.Equal(Delivery(2, sent: "all", delivered: "all"), DeliveryOf(delivered));
    }

    [Theory, Everywhere]
    public async Task Each_step_fires_its_event_without_the_header(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(
            await Twilio.NewAccountAsync(store, shape),
            [.. Hooks.Select(name => ("Filters", name))]
        );
        var twilio = hooks.Plain;
        var conversation = await twilio.NewConversationAsync();
        var sms = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", Proxy));
        await hooks.NewWebhookAsync(conversation, "/own", "onDeliveryUpdated", "onMessageAdded");
        var message = (await twilio.PostAsync($"Conversations/{conversation}/Messages", ("Body", "x"))).Created();

        await StepAsync(twilio, message, "sent");
        await StepAsync(twilio, message, "delivered");

        var receipt = Assert.Single(await ReceiptsOfAsync(twilio, message));
        await hooks.ToldAsync(
            "onDeliveryUpdated",
            ("ConversationSid", conversation),
            ("MessageSid", message["sid"]),
            ("DeliveryReceiptSid", (string?)receipt["sid"]),
            ("ChannelMessageSid", (string?)receipt["channel_message_sid"]),
            ("ParticipantSid", sms),
            ("Status", "sent"),
            ("DateCreated", "*"),
            ("DateUpdated", "*")
        );
        await Hooked.EmptyAsync(twilio);
        Assert.All(
            hooks.Receiver.Requests.ToLookup(request => request.Target),
            told => Assert.Equal(["sent", "delivered"], told.Select(request => request["Status"]))
        );
        Assert.Equal(4, hooks.Receiver.Requests.Count);
    }

    [Theory, OnEachStore]
    public async Task The_event_of_a_failure_has_its_error_code(Store store)
    {
        await using var hooks = await Hooked.NewAsync(
            await Twilio.NewAccountAsync(store),
            [.. Hooks.Select(name => ("Filters", name))]
        );
        var conversation = await hooks.Plain.NewConversationAsync();
        await hooks.Plain.NewParticipantAsync(conversation, NewParticipant.Sms("+15005550004", Proxy));
        var message = (await hooks.Plain.PostAsync($"Conversations/{conversation}/Messages")).Created();

        await StepAsync(hooks.Plain, message, "failed");

        var request = await hooks.Receiver.GotAsync("onDeliveryUpdated");
        Assert.Equal(("failed", "21610"), (request["Status"], request["ErrorCode"]));
    }

    [Theory, Everywhere]
    public async Task Receipts_are_deleted_with_their_message_and_not_with_their_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var (conversation, sms, _) = await NewConversationAsync(twilio);
        var messages = $"Conversations/{conversation}/Messages";
        var (first, second) = (
            (await twilio.PostAsync(messages)).Created(),
            (await twilio.PostAsync(messages)).Created()
        );
        var receipt = (await ReceiptsOfAsync(twilio, first))[0];
        var path = twilio.PathOf($"{messages}/{second["sid"]}/Receipts/{receipt["sid"]}");
        (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/{sms}")).NoContent();
        Assert.Equal(2, (await ReceiptsOfAsync(twilio, first)).Count);
        await StepAsync(twilio, first, "sent");

        (await twilio.DeleteAsync(first["url"])).NoContent();
        Assert.Empty(await Rows.WithAsync(twilio.Server, (string)receipt["sid"]!));
        var list = twilio.PathOf($"{messages}/{first["sid"]}/Receipts");
        (await twilio.GetAsync(list)).Is(TwilioErrors.NotFound(list["/v1".Length..]));
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();
        Assert.Equal(Delivery(2, sent: "all"), DeliveryOf(await StepAsync(twilio, second, "sent")));
        (await twilio.DeleteAsync($"Conversations/{conversation}")).NoContent();
        Assert.DoesNotContain(
            await Rows.WithAsync(twilio.Server, conversation),
            row => row.StartsWith("receipts", StringComparison.Ordinal)
        );
    }

    [Theory, OnEachStore]
    public async Task A_message_of_a_group_text_has_receipts_of_its_other_members(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "+15558675310"));
        var second = await twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", "+15558675311"));
        await twilio.NewParticipantAsync(conversation, ("MessagingBinding.ProjectedAddress", Proxy));

        var message = (
            await twilio.PostAsync($"Conversations/{conversation}/Messages", ("Author", "+15558675310"))
        ).Created();

        var receipt = Assert.Single(await ReceiptsOfAsync(twilio, message));
        Assert.Equal(second, (string?)receipt["participant_sid"]);
        Assert.StartsWith("MM", (string?)receipt["channel_message_sid"], StringComparison.Ordinal);
    }

    [NeedsPostgres]
    public async Task Two_servers_make_each_step_once_while_messages_are_deleted()
    {
        const int Count = 30;
        var database = await WebhookServers.NewDatabaseAsync(Store.Postgres);
        (string, string) step = ("Delivery:StepSeconds", "0.1");
        await using var first = TestServer.With(database, step);
        await using var second = TestServer.With(database, step);
        var twilio = await Twilio.NewAccountAsync(first);
        Assert.Equal(twilio.AccountSid, await second.TakeAccountAsync());
        await using var hooks = await Hooked.NewAsync(twilio, [.. Hooks.Select(name => ("Filters", name))]);
        var (conversation, _, _) = await NewConversationAsync(twilio);

        var messages = await Task.WhenAll(
            Enumerable
                .Range(0, Count)
                .Select(_ => twilio.PostAsync($"Conversations/{conversation}/Messages", ("Body", "x")))
        );
        await Task.WhenAll(messages.Take(Count / 3).Select(message => twilio.DeleteAsync(message.Created()["url"])));
        foreach (var message in messages.Skip(Count / 3))
        {
            await UntilAsync(
                async () => (await twilio.GetAsync(message.Created()["url"])).Ok(),
                answer => (string?)answer.Body["delivery"]?["delivered"] == "all"
            );
        }

        await Hooked.EmptyAsync(twilio);
        var told = hooks.Receiver.Requests.ToLookup(
            request => request["DeliveryReceiptSid"],
            request => request["Status"]
        );
        Assert.All(told, receipt => Assert.Equal(receipt.Distinct(), receipt));
        Assert.True(told.Count(receipt => receipt.SequenceEqual(["sent", "delivered"])) >= Count * 2 / 3 * 2);
        await Invariants.HoldAsync(twilio);
    }

    private static async Task<(string Conversation, string Sms, string WhatsApp)> NewConversationAsync(Twilio twilio)
    {
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        return (
            conversation,
            await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", Proxy)),
            await twilio.NewParticipantAsync(
                conversation,
                NewParticipant.Sms("whatsapp:+15558675310", $"whatsapp:{Proxy}")
            )
        );
    }

    private static async Task<List<JsonNode>> ReceiptsOfAsync(Twilio twilio, Answer message) =>
        [
            .. (await twilio.GetAsync((string)message.Body["links"]!["delivery_receipts"]!)).Ok().Body[
                "delivery_receipts"
            ]!
                .AsArray()
                .Select(receipt => receipt!),
        ];

    // Makes the next step due, and waits until every receipt has the status. Returns the message.
    private static async Task<Answer> StepAsync(Twilio twilio, Answer message, string status)
    {
        await StoredReceipts.MakeDueAsync(twilio.Server, message["sid"]);
        await UntilAsync(
            () => ReceiptsOfAsync(twilio, message),
            receipts => receipts.All(receipt => (string?)receipt["status"] == status)
        );
        return (await twilio.GetAsync(message["url"])).Ok();
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isReached)
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromMinutes(2));
        while (true)
        {
            var value = await read();
            if (isReached(value))
            {
                return value;
            }

            await Task.Delay(50, timeout.Token);
        }
    }

    private static string DeliveryOf(Answer message) => message.Body["delivery"]!.ToJsonString(TwilioJson.Options);

    private static string Delivery(
        int total,
        string sent = "none",
        string delivered = "none",
        string read = "none",
        string failed = "none",
        string undelivered = "none"
    ) =>
        $$"""
            {"total":{{total}},"sent":"{{sent}}","delivered":"{{delivered}}","read":"{{read}}","failed":"{{failed}}",
            "undelivered":"{{undelivered}}"}
            """.ReplaceLineEndings("");
}
