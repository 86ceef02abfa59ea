using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Conversations.Api.Wire;

namespace Conversations.Api.Accounts;

/// <summary>
/// Counts wrong credentials per address. After too many, requests of the address are rejected even with the right
/// credentials; otherwise an attacker could still recognize a right guess.
/// </summary>
/// <param name="limit">The allowed attempts in a window; null for no limit.</param>
public sealed class FailedAttempts(int? limit, TimeSpan window) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress>? limiter = limit is not { } attempts
        ? null
        : PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
            RateLimitPartition.GetFixedWindowLimiter(NetworkOf(address), _ => RateLimits.Window(attempts, window))
        );

    /// <summary>How long the address must wait before its next attempt; null when it may try now.</summary>
    public TimeSpan? PauseOf(IPAddress? address) => Take(address, 0);

    /// <summary>Counts a failed attempt.</summary>
    /// <returns>The same as <see cref="PauseOf"/>; null when the attempt is within the limit.</returns>
    public TimeSpan? Count(IPAddress? address) => Take(address, 1);

    public void Dispose() => limiter?.Dispose();

    private TimeSpan? Take(IPAddress? address, int attempts)
    {
        if (limiter is null)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(address ?? IPAddress.None, attempts);
        return lease.IsAcquired ? null : RateLimits.PauseOf(lease);
    }

    // A client with an IPv6 address usually has a whole network of 2^64 addresses.
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
