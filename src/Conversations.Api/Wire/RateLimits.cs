using System.Globalization;
using System.Threading.RateLimiting;
using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>The common parts of all rate limits: fixed windows, and 429/20429 with Retry-After.</summary>
public static class RateLimits
{
    /// <summary>Answers 429 with the number of seconds to wait.</summary>
    public static Task RefuseAsync(HttpContext context, TimeSpan pause)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(pause.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);
        return TwilioErrors.TooManyRequests.WriteAsync(context.Response, context.RequestAborted);
    }

    public static FixedWindowRateLimiterOptions Window(int permits, TimeSpan length) =>
        new()
        {
            PermitLimit = permits,
            Window = length,
            QueueLimit = 0,
        };

    public static TimeSpan PauseOf(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var pause) ? pause : TimeSpan.FromSeconds(1);
}
