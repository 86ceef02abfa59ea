using System.Globalization;
using System.Net;
using Conversations.Api.Errors;

namespace Conversations.Faults.Tenants;

/// <summary>
/// The requests in progress are limited by account and in all. One account's requests don't delay another's.
/// </summary>
public sealed class ConcurrencyTests
{
    // As in the class ConcurrencyLimit.
    private const int MaxWaitingPerAccount = 256;

    private const int MaxWaiting = 1024;

    [Fact]
    public async Task An_account_s_requests_wait_for_its_own_and_are_refused_when_too_many_wait()
    {
        using var server = TestServer.With(("Limits:ConcurrentRequestsPerAccount", "2"));
        await using var receiver = await WebhookReceiver.StartAsync();
        var held = receiver.Hold();
        var noisy = await HookedAsync(server, receiver);
        var quiet = await Twilio.NewAccountAsync(server);
        Task<Answer>[] running = [PostAsync(noisy), PostAsync(noisy)];
        await receiver.GotAsync(2);

        var others = Enumerable.Range(0, MaxWaitingPerAccount + 5).Select(_ => noisy.GetAsync("/v1/Users")).ToList();
        List<Answer> refused = [];
        while (refused.Count < 5)
        {
            var one = await Task.WhenAny(others);
            others.Remove(one);
            refused.Add(await one);
        }

        Assert.All(refused, answer => answer.Is(TwilioErrors.TooManyRequests));
        Assert.All(refused, answer => Assert.Equal("1", answer.Headers.RetryAfter!.ToString()));
        Assert.Equal(1, ConcurrentOf((await quiet.GetAsync("/v1/Users")).Ok()));

        held.SetResult(new());
        Assert.All(await Task.WhenAll(running), answer => answer.Created());
        Assert.All(await Task.WhenAll(others), answer => answer.Ok());
        Assert.Equal(1, ConcurrentOf((await noisy.GetAsync("/v1/Users")).Ok()));
    }

    [Fact]
    public async Task Each_account_sees_the_number_of_its_own_requests()
    {
        using var server = TestServer.With();
        await using var receiver = await WebhookReceiver.StartAsync();
        var held = receiver.Hold();
        var noisy = await HookedAsync(server, receiver);
        var quiet = await Twilio.NewAccountAsync(server);
        Task<Answer>[] running = [PostAsync(noisy), PostAsync(noisy), PostAsync(noisy)];
        await receiver.GotAsync(3);

        Assert.Equal(4, ConcurrentOf((await noisy.GetAsync("/v1/Users")).Ok()));
        Assert.Equal(1, ConcurrentOf((await quiet.GetAsync("/v1/Users")).Ok()));
        using var stranger = Twilio.NewClient(server, noisy.AccountSid, "wrong");
        using var unknown = await stranger.GetAsync("/v1/Users");
        Assert.Equal("1", unknown.Headers.GetValues("Twilio-Concurrent-Requests").Single());
        held.SetResult(new());
        await Task.WhenAll(running);
    }

    [Fact]
    public async Task The_server_refuses_requests_when_too_many_wait_in_all()
    {
        using var server = TestServer.With(
            ("Limits:ConcurrentRequests", "1"),
            ("Limits:ConcurrentRequestsPerAccount", "300")
        );
        await using var receiver = await WebhookReceiver.StartAsync();
        var held = receiver.Hold();
        List<Twilio> accounts = [];
        for (var i = 0; i < 4; i++)
        {
            accounts.Add(await HookedAsync(server, receiver));
        }

        var running = PostAsync(accounts[0]);
        await receiver.GotAsync(1);
        var others = Enumerable.Range(0, MaxWaiting + 1).Select(i => accounts[i % 4].GetAsync("/v1/Users")).ToList();
        var first = await Task.WhenAny(others);

        (await first).Is(TwilioErrors.ServiceUnavailable);
        Assert.Equal("1", (await first).Headers.RetryAfter!.ToString());
        held.SetResult(new());
        (await running).Created();
        Assert.Single(await Task.WhenAll(others), answer => answer.Status != HttpStatusCode.OK);
    }

    private static int ConcurrentOf(Answer answer) =>
        int.Parse(answer.Headers.GetValues("Twilio-Concurrent-Requests").Single(), CultureInfo.InvariantCulture);

    private static Task<Answer> PostAsync(Twilio twilio) => twilio.PostAsync("/v1/Conversations");

    // Each new conversation waits for the receiver.
    private static async Task<Twilio> HookedAsync(TestServer server, WebhookReceiver receiver)
    {
        var plain = await Twilio.NewAccountAsync(server);
        (
            await plain.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PreWebhookUrl", receiver.Url()),
                ("Filters", "onConversationAdd")
            )
        ).Ok();
        return plain.WithWebhooks();
    }
}
