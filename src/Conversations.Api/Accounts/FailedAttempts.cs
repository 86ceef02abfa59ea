using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Conversations.Api.Wire;

namespace Conversations.Api.Accounts;

/// <summary>
/// Counts wrong credentials by address. After too many, the address may not try at all: with right ones neither, or a guess could
/// still be told. Without a limit it does nothing.
/// </summary>
/// <param name="limit">Null for no limit.</param>
public sealed class FailedAttempts(int? limit, TimeSpan window) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress>? limiter = limit is not { } attempts
        ? null
        : PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
            RateLimitPartition.GetFixedWindowLimiter(NetworkOf(address), _ => RateLimits.Window(attempts, window))
        );

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
        return lease.IsAcquired ? null : RateLimits.PauseOf(lease);
    }

    // A client with one IPv6 address usually has a network of 2^64.
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
