using System.Text;

namespace Conversations.Tests.Webhooks;

/// <summary>What receivers may ask for and answer.</summary>
public sealed class ReceiverTests
{
    [Theory]
    [InlineData("hook:s3cret", "hook", "s3cret")]
    [InlineData("us%20er:p%3Ass", "us er", "p:ss")]
    public async Task A_receiver_that_asks_gets_the_credentials_of_the_URL(
        string userInfo,
        string user,
        string password
    )
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var hooks = await HookedAsync(receiver, userInfo);
        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";
        receiver.Answer = request =>
            Task.FromResult(
                request.Headers.GetValueOrDefault("Authorization") == expected
                    ? new WebhookReply(403)
                    : new WebhookReply(401, Headers: [("WWW-Authenticate", "Basic realm=\"My Realm\"")])
            );

        var answer = await hooks.Twilio.PostAsync("Conversations");

        Assert.Equal(403, (int)answer.Status);
        Assert.Equal([null, expected], receiver.Requests.Select(r => r.Headers.GetValueOrDefault("Authorization")));
        Assert.Equal(receiver.Requests[0].Body, receiver.Requests[1].Body);
    }

    [Fact]
    public async Task A_receiver_that_does_not_ask_gets_no_credentials()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var hooks = await HookedAsync(receiver, "hook:s3cret");

        (await hooks.Twilio.PostAsync("Conversations")).Created();

        Assert.DoesNotContain("Authorization", Assert.Single(receiver.Requests).Headers.Keys);
    }

    [Theory, Everywhere]
    public async Task An_answer_with_a_byte_order_mark_counts(Store store, Shape shape)
    {
        await using var hooks = await Hooked.NewAsync(store, shape);
        hooks.Receiver.AnswerWith(200, "\uFEFF{\"friendly_name\":\"changed\"}");

        var answer = await hooks.Twilio.PostAsync("Conversations", ("FriendlyName", "sent"));

        Assert.Equal("changed", answer.Created()["friendly_name"]);
    }

    private static async Task<Hooked> HookedAsync(WebhookReceiver receiver, string userInfo) =>
        await Hooked.NewAsync(
            await Twilio.NewAccountAsync(Store.Sqlite),
            receiver,
            ("PreWebhookUrl", receiver.Url("/pre").Replace("://", $"://{userInfo}@", StringComparison.Ordinal)),
            ("PostWebhookUrl", "")
        );
}
