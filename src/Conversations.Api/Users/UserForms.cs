using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Users;

/// <summary>The form that creates a user.</summary>
public sealed class CreateUserForm
{
    /// <summary>
    /// The application-defined string that uniquely identifies the resource's User within the Conversation Service.
    /// Required, case-sensitive, limited to 256 characters.
    /// </summary>
    [Documented(Required = true, Example = "alice")]
    public string? Identity { get; init; }

    /// <summary>The string that you assigned to describe the resource, limited to 256 characters.</summary>
    public string? FriendlyName { get; init; }

    /// <summary>
    /// The JSON Object string that stores application-specific data, limited to 4,096 bytes of UTF-8.
    /// </summary>
    public string? Attributes { get; init; }

    /// <summary>The SID of a service-level Role to assign to the user.</summary>
    public string? RoleSid { get; init; }
}

/// <summary>The form that changes a user. What it does not name keeps its value.</summary>
public sealed class UpdateUserForm
{
    /// <summary>The string that you assigned to describe the resource, limited to 256 characters.</summary>
    public string? FriendlyName { get; init; }

    /// <summary>
    /// The JSON Object string that stores application-specific data, limited to 4,096 bytes of UTF-8.
    /// </summary>
    public string? Attributes { get; init; }

    /// <summary>The SID of a service-level Role to assign to the user.</summary>
    public string? RoleSid { get; init; }
}

public sealed class CreateUserRules : AbstractValidator<CreateUserForm>
{
    public CreateUserRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Identity).Required(nameof(CreateUserForm.Identity));
        RuleFor(f => f.Identity).Identity();
        RuleFor(f => f.FriendlyName).UserFriendlyName();
        RuleFor(f => f.Attributes).UserAttributes();
        RuleFor(f => f.RoleSid).Sid("RL", TwilioErrors.RoleNotFound);
    }
}

public sealed class UpdateUserRules : AbstractValidator<UpdateUserForm>
{
    public UpdateUserRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.FriendlyName).UserFriendlyName();
        RuleFor(f => f.Attributes).UserAttributes();
        RuleFor(f => f.RoleSid).Sid("RL", TwilioErrors.RoleNotFound);
    }
}

internal static class UserRuleExtensions
{
    public static IRuleBuilderOptions<T, string?> UserFriendlyName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.AtMost(256, TwilioErrors.FriendlyNameTooLong);

    // A guess: Twilio documents no limit for users, and 4 KB for participants.
    public static IRuleBuilderOptions<T, string?> UserAttributes<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Attributes(4096);
}
