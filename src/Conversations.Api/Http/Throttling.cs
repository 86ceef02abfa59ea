using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Conversations.Api.Accounts;

namespace Conversations.Api.Http;

/// <summary>
/// The two rates an operator may set (<see cref="LimitOptions"/>), refused with 429/20429 and Retry-After. Without them nothing is counted. Both count
/// in fixed windows and in this process alone; the limiters forget a partition once it has been idle.
/// </summary>
public static class Throttling
{
    public static IServiceCollection AddThrottling(this IServiceCollection services, LimitOptions limits)
    {
        services.AddSingleton(new FailedAttempts(limits.FailedAttemptsPerMinute, TimeSpan.FromMinutes(1)));
        return limits.RequestsPerSecond is not { } requests ? services : services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Features.Get<AccountOptions>() is { } account
                ? RateLimitPartition.GetFixedWindowLimiter(account.Sid, _ => Window(requests, TimeSpan.FromSeconds(1)))
                : RateLimitPartition.GetNoLimiter("")); // Swagger UI and health.
            options.OnRejected = (rejected, _) => new(RefuseAsync(rejected.HttpContext, PauseOf(rejected.Lease)));
        });
    }

    public static void UseThrottling(this WebApplication app, LimitOptions limits)
    {
        if (limits.RequestsPerSecond is not null)
        {
            app.UseRateLimiter();
        }
    }

    /// <summary>429, with the seconds to wait.</summary>
    public static Task RefuseAsync(HttpContext context, TimeSpan pause)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return TwilioErrors.TooManyRequests.WriteAsync(context.Response, context.RequestAborted);
    }

    internal static FixedWindowRateLimiterOptions Window(int permits, TimeSpan length) => new() { PermitLimit = permits, Window = length, QueueLimit = 0 };

    internal static TimeSpan PauseOf(RateLimitLease lease) => lease.TryGetMetadata(MetadataName.RetryAfter, out var pause) ? pause : TimeSpan.FromSeconds(1);
}

/// <summary>
/// Counts wrong credentials by the address they come from, and lets nobody try there once there were too many: right ones neither, or a guess could
/// still be told. Without a limit it does nothing.
/// </summary>
/// <param name="limit">Null for no limit.</param>
public sealed class FailedAttempts(int? limit, TimeSpan window) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress>? limiter = limit is not { } attempts ? null : PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetFixedWindowLimiter(NetworkOf(address), _ => Throttling.Window(attempts, window)));

    /// <summary>How long the address has to wait before it may try at all; null when it may now.</summary>
    public TimeSpan? PauseOf(IPAddress? address) => Take(address, 0);

    /// <summary>Counts a failed attempt.</summary>
    /// <returns>As <see cref="PauseOf"/>: null while the attempt was within the limit.</returns>
    public TimeSpan? Count(IPAddress? address) => Take(address, 1);

    public void Dispose() => limiter?.Dispose();

    private TimeSpan? Take(IPAddress? address, int attempts)
    {
        if (limiter is null)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(address ?? IPAddress.None, attempts);
        return lease.IsAcquired ? null : Throttling.PauseOf(lease);
    }

    // Whoever has one IPv6 address has a network of 2^64.
    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new(bytes);
    }
}
