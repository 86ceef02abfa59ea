using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Configuration;

/// <summary>The form that changes a service's defaults. What it does not name keeps its value.</summary>
public sealed class ServiceConfigurationForm
{
    /// <summary>
    /// The conversation-level role assigned to a conversation creator when they join a new conversation.
    /// </summary>
    public string? DefaultConversationCreatorRoleSid { get; init; }

    /// <summary>The conversation-level role assigned to users when they are added to a conversation.</summary>
    public string? DefaultConversationRoleSid { get; init; }

    /// <summary>The service-level role assigned to users when they are added to the service.</summary>
    public string? DefaultChatServiceRoleSid { get; init; }

    /// <summary>Whether the Reachability Indicator is enabled for this Conversations Service: true or false.</summary>
    [Documented(Type = "boolean")]
    public string? ReachabilityEnabled { get; init; }
}

public sealed class ServiceConfigurationRules : AbstractValidator<ServiceConfigurationForm>
{
    public ServiceConfigurationRules()
    {
        ClassLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.DefaultConversationCreatorRoleSid).Sid("RL", TwilioErrors.ConversationRoleNotFound);
        RuleFor(f => f.DefaultConversationRoleSid).Sid("RL", TwilioErrors.ConversationRoleNotFound);
        RuleFor(f => f.DefaultChatServiceRoleSid).Sid("RL", TwilioErrors.RoleNotFound);
        RuleFor(f => f.ReachabilityEnabled)
            .Must(text => text.NullIfEmpty() is null || bool.TryParse(text, out _))
            .WithError(TwilioErrors.InvalidReachabilityEnabled);
    }
}
