using System.Threading.RateLimiting;
using Conversations.Api.Accounts;
using Conversations.Api.Wire;

namespace Conversations.Api.Hosting;

/// <summary>
/// The two rates an operator may set (<see cref="LimitOptions"/>), refused with 429/20429 and Retry-After. Without them nothing is counted. Both count
/// in fixed windows and in this process alone; the limiters forget a partition once it has been idle.
/// </summary>
public static class Throttling
{
    public static IServiceCollection AddThrottling(this IServiceCollection services, LimitOptions limits)
    {
        services.AddSingleton(new FailedAttempts(limits.FailedAttemptsPerMinute, TimeSpan.FromMinutes(1)));
        return limits.RequestsPerSecond is not { } requests
            ? services
            : services.AddRateLimiter(options =>
            {
                options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                    context.Features.Get<AccountOptions>() is { } account
                        ? RateLimitPartition.GetFixedWindowLimiter(
                            account.Sid,
                            _ => RateLimits.Window(requests, TimeSpan.FromSeconds(1))
                        )
                        : RateLimitPartition.GetNoLimiter("")
                ); // Swagger UI and health.
                options.OnRejected = (rejected, _) =>
                    new(RateLimits.RefuseAsync(rejected.HttpContext, RateLimits.PauseOf(rejected.Lease)));
            });
    }

    public static void UseThrottling(this IApplicationBuilder app, LimitOptions limits)
    {
        if (limits.RequestsPerSecond is not null)
        {
            app.UseRateLimiter();
        }
    }
}
