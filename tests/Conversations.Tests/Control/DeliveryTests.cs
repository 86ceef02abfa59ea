using System.Net;
using System.Text.Json.Nodes;
using Conversations.Api.Webhooks;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Control;

/// <summary>The journal of webhooks, and sending them again.</summary>
public sealed class DeliveryTests
{
    [Theory, OnEachStore]
    public async Task A_delivery_shows_every_try_and_what_was_signed(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        var isFirst = true;
        receiver.Answer = _ => Task.FromResult(new WebhookReply(Interlocked.Exchange(ref isFirst, false) ? 500 : 200));
        await HookAsync(client, receiver);
        await client.PostAsync("/v1/Conversations", ("FriendlyName", "eins"));

        var found = await WaitAsync(client, "event=onConversationAdded&result=delivered");

        Assert.Equal("delivered", (string?)found["result"]);
        Assert.Equal(receiver.Url("/post"), (string?)found["url"]);
        Assert.Equal("eins", (string?)found["parameters"]!["FriendlyName"]);
        Assert.Equal(["200", "500"], found["tries"]!.AsArray().Select(one => (string?)one!["result"]));
        var last = found["tries"]![0]!;
        var got = (await receiver.GotAsync(2))[1];
        Assert.Equal(got.Headers["X-Twilio-Signature"], (string?)last["signature"]);
        Assert.Equal(got.Headers["I-Twilio-Idempotency-Token"], (string?)found["id"]);
        Assert.StartsWith(
            $"{receiver.Url("/post")}AccountSid{client.AccountSid}",
            (string?)last["signed_text"],
            StringComparison.Ordinal
        );
        Assert.Equal(
            (string?)last["signature"],
            WebhookSignature.Of(client.AuthToken, receiver.Url("/post"), [.. Fields(found)])
        );
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "ConnectionError", "The connection was refused.")]
    [InlineData("http://nowhere.invalid/", "NameResolutionError", "The name of the host was not found.")]
    [InlineData("https://RECEIVER/", "SecureConnectionError", "The TLS connection failed.")]
    public async Task A_try_without_an_answer_has_a_reason(string url, string result, string reason)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await using var receiver = await WebhookReceiver.StartAsync();
        var authority = new Uri(receiver.Url()).Authority;
        (
            await client.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", url.Replace("RECEIVER", authority, StringComparison.Ordinal)),
                ("Filters", "onConversationAdded")
            )
        ).Ok();
        await client.PostAsync("/v1/Conversations");

        var tried = (await WaitAsync(client, "result=failed"))["tries"]![0]!;

        Assert.Equal((result, reason), ((string?)tried["result"], (string?)tried["reason"]));
    }

    [Theory, OnEachStore]
    public async Task The_next_try_is_the_stored_one_and_none_while_the_event_is_on_its_way(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        TaskCompletionSource<WebhookReply> second = new();
        var isFirst = true;
        receiver.Answer = _ =>
            Interlocked.Exchange(ref isFirst, false) ? Task.FromResult(new WebhookReply(500)) : second.Task;
        await HookAsync(client, receiver);
        await client.PostAsync("/v1/Conversations");
        await receiver.GotAsync(2);

        var sending = await WaitAsync(client, "event=onConversationAdded");
        second.SetResult(new(200));

        Assert.Equal(("waiting", null), ((string?)sending["result"], (string?)sending["next_try"]));
        Assert.Equal(
            ("500", null),
            ((string?)sending["tries"]![0]!["result"], (string?)sending["tries"]![0]!["reason"])
        );
    }

    [Theory, OnEachStore]
    public async Task Filters_choose_deliveries_of_the_own_account(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver);
        await HookAsync(other, receiver);
        var sid = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        await other.PostAsync("/v1/Conversations");
        await WaitAsync(client, "event=onConversationAdded");
        await WaitAsync(other, "event=onConversationAdded");

        Assert.Equal(1, await CountAsync($"conversation={sid}"));
        Assert.Equal(1, await CountAsync("receiver=/post"));
        Assert.Equal(1, await CountAsync(""));
        Assert.Equal(0, await CountAsync("receiver=/elsewhere"));
        Assert.Equal(0, await CountAsync("event=onMessageAdded"));
        Assert.Equal(0, await CountAsync("result=failed"));

        async Task<int> CountAsync(string query) =>
            (await client.GetAsync($"/control/deliveries?{query}")).Ok().Body["deliveries"]!.AsArray().Count;
    }

    [Theory, OnEachStore]
    public async Task A_delivered_event_can_be_sent_again_with_the_same_id(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver);
        await client.PostAsync("/v1/Conversations", ("FriendlyName", "eins"));
        var id = (string?)(await WaitAsync(client, "event=onConversationAdded"))["id"];
        await client.PostAsync("/control/deliveries/settle");

        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/control/deliveries/{id}/resend")).Status);
        (await client.PostAsync($"/control/deliveries/{id}/resend")).Ok();
        (await client.PostAsync("/control/deliveries/settle")).Ok();

        var calls = await receiver.GotAsync(2);
        Assert.Equal(calls[0].Text, calls[1].Text);
        Assert.Equal([id, id], calls.Select(call => call.Headers["I-Twilio-Idempotency-Token"]));
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Theory, OnEachStore]
    public async Task Settle_tries_what_waits_now_and_returns_when_nothing_is_on_its_way(Store store)
    {
        // The sender would wait for ten minutes after the first failure.
        using var server = TestServer.With([
            ("Webhooks:FirstPauseSeconds", "600"),
            await WebhookServers.NewDatabaseAsync(store),
        ]);
        using var client = await ControlClient.NewAsync(server);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = _ => Task.FromResult(new WebhookReply(500));
        await HookAsync(client, receiver);
        var sid = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        await client.PostAsync($"/v1/Conversations/{sid}/Participants", ("Identity", "alice"));

        var failed = (await client.PostAsync("/control/deliveries/settle")).Ok();
        var calls = receiver.Requests.Count;
        receiver.Answer = _ => Task.FromResult(new WebhookReply(200));
        var settled = (await client.PostAsync("/control/deliveries/settle")).Ok();

        Assert.Equal((2, 0), ((int)failed.Body["waiting"]!, (int)failed.Body["dead_lettered"]!));
        Assert.Equal((0, 0), ((int)settled.Body["waiting"]!, (int)settled.Body["dead_lettered"]!));
        Assert.InRange(calls, 1, 2);
        Assert.Equal(
            ["onConversationAdded", "onParticipantAdded"],
            receiver.Requests.Skip(calls).Select(request => request["EventType"])
        );
    }

    [Theory, OnEachStore]
    public async Task All_that_failed_since_a_date_is_sent_again(Store store)
    {
        using var server = TestServer.With([
            ("Webhooks:MaxAttempts", "1"),
            await WebhookServers.NewDatabaseAsync(store),
        ]);
        using var client = await ControlClient.NewAsync(server);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = _ => Task.FromResult(new WebhookReply(500));
        await HookAsync(client, receiver);
        await client.PostAsync("/v1/Conversations", ("FriendlyName", "old"));
        await client.PostAsync("/control/deliveries/settle");
        await Task.Delay(5);
        var since = DateTimeOffset.UtcNow;
        await client.PostAsync("/v1/Conversations", ("FriendlyName", "new"));
        var settled = (await client.PostAsync("/control/deliveries/settle")).Ok();
        Assert.Equal(2, (int)settled.Body["dead_lettered"]!);
        receiver.Answer = _ => Task.FromResult(new WebhookReply(200));

        var resent = (
            await client.PostAsync($"/control/deliveries/resend?since={since:yyyy-MM-ddTHH:mm:ss.fffffffZ}")
        ).Ok();
        settled = (await client.PostAsync("/control/deliveries/settle")).Ok();

        Assert.Equal((1, 1), ((int)resent.Body["resent"]!, (int)settled.Body["dead_lettered"]!));
        Assert.Equal(["old", "new", "new"], receiver.Requests.Select(request => request["FriendlyName"]));
        Assert.Equal(1, (int)(await client.PostAsync("/control/deliveries/resend")).Ok().Body["resent"]!);
    }

    private static async Task HookAsync(ControlClient client, WebhookReceiver receiver) =>
        (
            await client.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", receiver.Url("/post")),
                ("Filters", "onConversationAdded"),
                ("Filters", "onParticipantAdded")
            )
        ).Ok();

    private static async Task<JsonNode> WaitAsync(ControlClient client, string query) =>
        (await client.GetAsync($"/control/deliveries?wait=60s&{query}")).Ok().Body["deliveries"]![0]!;

    private static IEnumerable<KeyValuePair<string, string>> Fields(JsonNode delivery) =>
        delivery["parameters"]!.AsObject().Select(field => KeyValuePair.Create(field.Key, (string)field.Value!));
}
