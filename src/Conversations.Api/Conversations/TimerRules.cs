using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Conversations;

/// <summary>
/// The format of every timer: an ISO 8601 duration that is not too short. A duration of zero (PT0S) removes the timer.
/// </summary>
public static class TimerRules
{
    // A duration can have any number of zeros, and is stored as it is given.
    private const int MaxLength = 64;

    public static readonly TimeSpan ShortestInactive = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan ShortestClosed = TimeSpan.FromMinutes(10);

    public static IRuleBuilderOptions<T, string?> Timer<T>(
        this IRuleBuilder<T, string?> rule,
        TimeSpan shortest,
        TwilioError invalid,
        TwilioError tooShort
    ) =>
        rule.AtMost(MaxLength, invalid)
            .Must(text => text.NullIfEmpty() is null || Forms.Duration(text!) is not null)
            .WithError(invalid)
            .Must(text =>
                text.NullIfEmpty() is null || Forms.Duration(text!) is { } d && (d == TimeSpan.Zero || d >= shortest)
            )
            .WithError(tooShort);

    /// <summary>The timer as it is stored; null for none.</summary>
    public static string? Stored(string? timer) =>
        timer.NullIfEmpty() is { } text && Forms.Duration(text) != TimeSpan.Zero ? text : null;

    /// <summary>When a timer expires that starts now; null without a timer.</summary>
    public static DateTime? DateAfter(string? timer, DateTime now) =>
        timer is null ? null : now + Forms.Duration(timer);
}
