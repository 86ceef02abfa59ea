using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Users;

/// <summary>The rules for the format of an identity, in every parameter that takes one.</summary>
public static class IdentityRules
{
    public const int MaxLength = 256;

    public static IRuleBuilderOptions<T, string?> Identity<T>(this IRuleBuilder<T, string?> rule) =>
        rule.AtMost(MaxLength, TwilioErrors.IdentityTooLong)
            .Must(text => text is null || !Sids.Is("US", text))
            .WithError(TwilioErrors.IdentityMatchesUserSid);
}
