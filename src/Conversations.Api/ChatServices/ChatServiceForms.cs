using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.ChatServices;

/// <summary>The form that creates a service.</summary>
public sealed class CreateServiceForm
{
    /// <summary>The human-readable name of this service, limited to 256 characters. Required.</summary>
    [Documented(Required = true, Example = "Support")]
    public string? FriendlyName { get; init; }
}

public sealed class CreateServiceRules : AbstractValidator<CreateServiceForm>
{
    public CreateServiceRules()
    {
        ClassLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.FriendlyName).Required(nameof(CreateServiceForm.FriendlyName));
        RuleFor(f => f.FriendlyName).AtMost(256, TwilioErrors.FriendlyNameTooLong);
    }
}
