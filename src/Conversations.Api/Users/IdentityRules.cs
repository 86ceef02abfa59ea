using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Users;

/// <summary>What an identity looks like, wherever one is given.</summary>
public static class IdentityRules
{
    public const int MaxLength = 256;

    public static IRuleBuilderOptions<T, string?> Identity<T>(this IRuleBuilder<T, string?> rule) =>
        rule.AtMost(MaxLength, TwilioErrors.IdentityTooLong)
            .Must(text => text is null || !Sids.Is("US", text))
            .WithError(TwilioErrors.IdentityMatchesUserSid);
}
