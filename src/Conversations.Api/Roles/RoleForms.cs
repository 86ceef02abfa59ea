using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Roles;

/// <summary>The form that creates a role.</summary>
public sealed class CreateRoleForm
{
    /// <summary>
    /// A descriptive string that you create to describe the new resource. Required; up to 256 characters.
    /// </summary>
    [Documented(Required = true, Example = "Support")]
    public string? FriendlyName { get; init; }

    /// <summary>The type of role: conversation or service. Required.</summary>
    [Documented(Required = true, Values = [RoleType.Conversation, RoleType.Service], Example = RoleType.Conversation)]
    public string? Type { get; init; }

    /// <summary>
    /// A permission that you grant to the new role. At least one, at most 100. Repeat the parameter for more than one.
    /// </summary>
    [Documented(Required = true, Example = "addParticipant")]
    public IReadOnlyList<string>? Permission { get; init; }
}

/// <summary>The form that changes a role.</summary>
public sealed class UpdateRoleForm
{
    /// <summary>
    /// A permission that you grant to the role. At least one, at most 100; the given ones replace all the role had.
    /// </summary>
    [Documented(Required = true, Example = "addParticipant")]
    public IReadOnlyList<string>? Permission { get; init; }
}

public sealed class CreateRoleRules : AbstractValidator<CreateRoleForm>
{
    public CreateRoleRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.FriendlyName).Required(nameof(CreateRoleForm.FriendlyName));
        RuleFor(f => f.Type).Required(nameof(CreateRoleForm.Type));
        RuleFor(f => f.Permission).Required();
        // The official document says 64, but the real API was seen to take 256.
        RuleFor(f => f.FriendlyName).AtMost(256, TwilioErrors.FriendlyNameTooLong);
        RuleFor(f => f.Type).Must(RoleType.IsKnown).WithError(TwilioErrors.InvalidRoleType);
        RuleFor(f => f)
            .Must(f => f.Permission!.All(permission => RoleType.Allows(f.Type!, permission)))
            .WithError(TwilioErrors.PermissionNotFound);
    }
}

public sealed class UpdateRoleRules : AbstractValidator<UpdateRoleForm>
{
    public UpdateRoleRules()
    {
        RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Permission).Required();
    }
}

internal static class RoleRuleExtensions
{
    // A guess: several times the number of permissions that exist.
    private const int MaxPermissions = 100;

    // No permission is longer.
    private const int MaxLength = 64;

    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> Required<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule
    ) =>
        rule.Must(permissions => permissions is { Count: > 0 })
            .WithError(TwilioErrors.MissingParameter(nameof(CreateRoleForm.Permission)))
            .AtMostItems(MaxPermissions, TwilioErrors.InvalidPermission)
            .ItemsAtMost(MaxLength, TwilioErrors.PermissionNotFound);
}
