using System.Globalization;
using System.Threading.RateLimiting;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Conversations.Api.Hosting;

/// <summary>
/// Limits the requests that this process works on at the same time: first those of the account, then all
/// (<see cref="LimitOptions"/>). A request beyond a limit waits for its turn before its body is read. It is answered
/// with 429/20429 when too many of its account wait, and with 503/20503 when too many wait in all. An account's slow
/// requests therefore delay only its own.
/// </summary>
public sealed class ConcurrencyLimit(RequestDelegate next, LimitOptions limits) : IDisposable
{
    // A waiting request takes about 20 KB.
    private const int MaxWaitingPerAccount = 256;

    private const int MaxWaiting = 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<string> accounts = PartitionedRateLimiter.Create<string, string>(
        accountSid =>
            RateLimitPartition.GetConcurrencyLimiter(
                accountSid,
                _ => Options(limits.ConcurrentRequestsPerAccount, MaxWaitingPerAccount)
            )
    );

    private readonly ConcurrencyLimiter all = new(Options(limits.ConcurrentRequests, MaxWaiting));

    public async Task InvokeAsync(HttpContext context)
    {
        var accountSid = context.Features.GetRequiredFeature<AccountOptions>().Sid;
        using var own = await accounts.AcquireAsync(accountSid, 1, context.RequestAborted);
        context.Response.Headers[TwilioHeaders.ConcurrentRequests] = CountOf(accountSid);
        if (!own.IsAcquired)
        {
            await RateLimits.RefuseAsync(context, Pause);
            return;
        }

        using var one = await all.AcquireAsync(1, context.RequestAborted);
        await (one.IsAcquired ? next(context) : TwilioErrors.ServiceUnavailable.WriteAsync(context.Response));
    }

    public void Dispose()
    {
        accounts.Dispose();
        all.Dispose();
    }

    private static ConcurrencyLimiterOptions Options(int permits, int waiting) =>
        new()
        {
            PermitLimit = permits,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };

    private string CountOf(string accountSid)
    {
        var state = accounts.GetStatistics(accountSid)!;
        var running = limits.ConcurrentRequestsPerAccount - state.CurrentAvailablePermits;
        return Math.Max(1, running + state.CurrentQueuedCount).ToString(CultureInfo.InvariantCulture);
    }
}
