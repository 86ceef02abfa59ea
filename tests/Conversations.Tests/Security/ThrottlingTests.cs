using System.Globalization;
using System.Net;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;

namespace Conversations.Tests.Security;

/// <summary>The rates an operator may set. Without them there are none.</summary>
public sealed class ThrottlingTests
{
    private const int Limit = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Too_many_wrong_credentials_shut_out_their_address_and_no_other()
    {
        using var server = TestServer.With(
            ("Limits:FailedAttemptsPerMinute", $"{Limit}"),
            ("TrustedProxies:0", "127.0.0.1")
        );
        var twilio = await Twilio.NewAccountAsync(server);
        for (var i = 0; i < Limit; i++)
        {
            (await SendAsync(twilio, "192.0.2.1", "wrong")).Is(TwilioErrors.Authenticate);
        }

        var refused = await SendAsync(twilio, "192.0.2.1", "wrong");
        refused.Is(TwilioErrors.TooManyRequests);
        Assert.InRange(int.Parse(refused.Headers.RetryAfter!.ToString(), CultureInfo.InvariantCulture), 1, 60);
        (await SendAsync(twilio, "192.0.2.1", "right")).Is(TwilioErrors.TooManyRequests); // Or a guess could be told from the others.
        (await SendAsync(twilio, "192.0.2.1", credentials: null)).Is(TwilioErrors.Authenticate);

        (await SendAsync(twilio, "192.0.2.2", "wrong")).Is(TwilioErrors.Authenticate);
        (await SendAsync(twilio, "192.0.2.2", "right")).Ok();
        (await SendAsync(twilio, "::ffff:192.0.2.1", "right")).Is(TwilioErrors.TooManyRequests); // The same one, as a socket for both protocols names it.
    }

    [Fact]
    public async Task Addresses_of_one_IPv6_network_are_one()
    {
        using var server = TestServer.With(
            ("Limits:FailedAttemptsPerMinute", $"{Limit}"),
            ("TrustedProxies:0", "127.0.0.1")
        );
        var twilio = await Twilio.NewAccountAsync(server);
        for (var i = 0; i < Limit; i++)
        {
            (await SendAsync(twilio, $"2001:db8::{i:x}", "wrong")).Is(TwilioErrors.Authenticate);
        }

        (await SendAsync(twilio, "2001:db8::ffff:ffff:ffff:ffff", "right")).Is(TwilioErrors.TooManyRequests);
        (await SendAsync(twilio, "2001:db8:0:1::1", "right")).Ok();
    }

    [Fact]
    public async Task An_address_that_no_trusted_proxy_names_does_not_count()
    {
        using var server = TestServer.With(("Limits:FailedAttemptsPerMinute", $"{Limit}"));
        var twilio = await Twilio.NewAccountAsync(server);
        for (var i = 0; i < Limit; i++)
        {
            (await SendAsync(twilio, $"192.0.2.{i}", "wrong")).Is(TwilioErrors.Authenticate);
        }

        (await SendAsync(twilio, "192.0.2.9", "right")).Is(TwilioErrors.TooManyRequests);
    }

    [Fact]
    public async Task Only_wrong_credentials_are_counted()
    {
        using var server = TestServer.With(("Limits:FailedAttemptsPerMinute", "1"));
        var twilio = await Twilio.NewAccountAsync(server);
        for (var i = 0; i < 10; i++)
        {
            (await SendAsync(twilio, "192.0.2.1", credentials: null)).Is(TwilioErrors.Authenticate); // As a client does that waits to be asked.
            (await SendAsync(twilio, "192.0.2.1", "right")).Ok();
            (await twilio.GetAsync("Conversations/nope")).Is(TwilioErrors.NotFound("/Conversations/nope"));
        }

        (await SendAsync(twilio, "192.0.2.1", "wrong")).Is(TwilioErrors.Authenticate);
        (await SendAsync(twilio, "192.0.2.1", "right")).Is(TwilioErrors.TooManyRequests);
    }

    [Fact]
    public async Task Nobody_is_shut_out_for_longer_than_the_window()
    {
        using FailedAttempts attempts = new(1, TimeSpan.FromMilliseconds(500));
        Assert.Null(attempts.Count(IPAddress.Loopback));
        Assert.NotNull(attempts.Count(IPAddress.Loopback));

        using CancellationTokenSource patience = new(Patience);
        while (attempts.PauseOf(IPAddress.Loopback) is { } pause)
        {
            await Task.Delay(pause, patience.Token);
        }

        Assert.Null(attempts.Count(IPAddress.Loopback));
    }

    [Fact]
    public async Task An_account_that_asks_too_often_has_to_wait_and_no_other_account_has_to()
    {
        using var server = TestServer.With(("Limits:RequestsPerSecond", "1"));
        var (hasty, other) = (await Twilio.NewAccountAsync(server), await Twilio.NewAccountAsync(server));
        using CancellationTokenSource patience = new(Patience);
        Answer answer;
        do
        {
            answer = await hasty.GetAsync("Conversations");
            patience.Token.ThrowIfCancellationRequested();
        } while (answer.Status == HttpStatusCode.OK);

        answer.Is(TwilioErrors.TooManyRequests);
        Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
        (await other.GetAsync("Conversations")).Ok();
        using HttpClient visitor = new() { BaseAddress = server.Address };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("Healthy", await visitor.GetStringAsync("/health/live", patience.Token));
        }

        while ((await hasty.GetAsync("Conversations")).Status == HttpStatusCode.TooManyRequests)
        {
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, patience.Token);
        }
    }

    [Fact]
    public async Task Unless_they_are_set_there_are_no_rates()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i => i % 2 == 0 ? SendAsync(twilio, "192.0.2.1", "wrong") : twilio.GetAsync("Conversations"))
        );

        Assert.Equal([200, 401], answers.Select(answer => (int)answer.Status).Distinct().Order());
    }

    /// <param name="credentials">right, wrong or none at all.</param>
    private static async Task<Answer> SendAsync(Twilio twilio, string address, string? credentials)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(twilio.Server.Address, "/v1/Conversations"))
        {
            Headers = { { "X-Forwarded-For", address } },
        };
        using var http = credentials is null
            ? new()
            : Twilio.NewClient(
                twilio.Server,
                twilio.AccountSid,
                credentials == "right" ? TestServer.TokenOf(twilio.AccountSid) : "wrong"
            );
        using var response = await http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers,
            response.Content.Headers
        );
    }
}
