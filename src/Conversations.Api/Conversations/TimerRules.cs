using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Conversations;

/// <summary>The format of every timer: an ISO 8601 duration that is not too short.</summary>
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
            .Must(text => text.NullIfEmpty() is null || Forms.Duration(text!) >= shortest)
            .WithError(tooShort);
}
