using System.Globalization;
using System.Net;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;

namespace Conversations.Tests.Security;

/// <summary>The rate limits that an operator may configure. By default there are none.</summary>
public sealed class ThrottlingTests
{
    private const int Limit = 3;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Too_many_wrong_credentials_block_only_their_address()
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
        // Correct credentials get the same answer, so that a guess cannot be recognized.
        (await SendAsync(twilio, "192.0.2.1", "right")).Is(TwilioErrors.TooManyRequests);
        (await SendAsync(twilio, "192.0.2.1", credentials: null)).Is(TwilioErrors.Authenticate);

        (await SendAsync(twilio, "192.0.2.2", "wrong")).Is(TwilioErrors.Authenticate);
        (await SendAsync(twilio, "192.0.2.2", "right")).Ok();
        // The same address as a dual-stack socket reports it.
        (await SendAsync(twilio, "::ffff:192.0.2.1", "right")).Is(TwilioErrors.TooManyRequests);
    }

    [Fact]
    public async Task Addresses_of_one_IPv6_network_count_as_one()
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
    public async Task A_forwarded_address_without_a_trusted_proxy_is_ignored()
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
            // Some clients send credentials only after a 401.
            (await SendAsync(twilio, "192.0.2.1", credentials: null)).Is(TwilioErrors.Authenticate);
            (await SendAsync(twilio, "192.0.2.1", "right")).Ok();
            (await twilio.GetAsync("Conversations/nope")).Is(TwilioErrors.NotFound("/Conversations/nope"));
        }

        (await SendAsync(twilio, "192.0.2.1", "wrong")).Is(TwilioErrors.Authenticate);
        (await SendAsync(twilio, "192.0.2.1", "right")).Is(TwilioErrors.TooManyRequests);
    }

    [Fact]
    public async Task A_block_ends_with_the_window()
    {
        using FailedAttempts attempts = new(1, TimeSpan.FromMilliseconds(500));
        Assert.Null(attempts.Count(IPAddress.Loopback));
        Assert.NotNull(attempts.Count(IPAddress.Loopback));

        using CancellationTokenSource timeout = new(MaxWait);
        while (attempts.PauseOf(IPAddress.Loopback) is { } pause)
        {
            await Task.Delay(pause, timeout.Token);
        }

        Assert.Null(attempts.Count(IPAddress.Loopback));
    }

    [Fact]
    public async Task Only_the_account_that_exceeds_the_rate_has_to_wait()
    {
        using var server = TestServer.With(("Limits:RequestsPerSecond", "1"));
        var (hasty, other) = (await Twilio.NewAccountAsync(server), await Twilio.NewAccountAsync(server));
        using CancellationTokenSource timeout = new(MaxWait);
        Answer answer;
        do
        {
            answer = await hasty.GetAsync("Conversations");
            timeout.Token.ThrowIfCancellationRequested();
        } while (answer.Status == HttpStatusCode.OK);

        answer.Is(TwilioErrors.TooManyRequests);
        Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
        (await other.GetAsync("Conversations")).Ok();
        using HttpClient visitor = new() { BaseAddress = server.Address };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("Healthy", await visitor.GetStringAsync("/health/live", timeout.Token));
        }

        while ((await hasty.GetAsync("Conversations")).Status == HttpStatusCode.TooManyRequests)
        {
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, timeout.Token);
        }
    }

    [Fact]
    public async Task No_rate_limits_apply_by_default()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i => i % 2 == 0 ? SendAsync(twilio, "192.0.2.1", "wrong") : twilio.GetAsync("Conversations"))
        );

        Assert.Equal([200, 401], answers.Select(answer => (int)answer.Status).Distinct().Order());
    }

    /// <param name="credentials">right, wrong, or null for none.</param>
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
