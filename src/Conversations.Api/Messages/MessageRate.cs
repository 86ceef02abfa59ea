using System.Threading.RateLimiting;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.Messages;

/// <summary>
/// Twilio's limit of 30 creates, updates and deletes of messages per second in one conversation. It is off unless the
/// configuration names a limit (<see cref="LimitOptions"/>), and counts in this process only.
/// </summary>
public sealed class MessageRate(LimitOptions limits) : IDisposable
{
    private readonly PartitionedRateLimiter<string>? limiter = limits.MessageWritesPerSecond is not { } writes
        ? null
        : PartitionedRateLimiter.Create<string, string>(sid =>
            RateLimitPartition.GetFixedWindowLimiter(sid, _ => RateLimits.Window(writes, TimeSpan.FromSeconds(1)))
        );

    /// <summary>Counts a write.</summary>
    /// <exception cref="TwilioException">50063: the conversation has too many writes.</exception>
    public void Count(string conversationSid)
    {
        using var lease = limiter?.AttemptAcquire(conversationSid);
        TwilioException.ThrowIf(lease is { IsAcquired: false }, TwilioErrors.ActionsPerSecond);
    }

    public void Dispose() => limiter?.Dispose();
}
