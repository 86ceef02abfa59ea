using System.Threading.RateLimiting;
using Conversations.Api.Accounts;
using Conversations.Api.Wire;

namespace Conversations.Api.Hosting;

/// <summary>
/// The two rate limits that an operator can set (<see cref="LimitOptions"/>). Requests beyond them are answered with
/// 429/20429 and Retry-After. Without a limit nothing is counted. Both use fixed windows and count in this process
/// only; the limiters drop idle partitions.
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
