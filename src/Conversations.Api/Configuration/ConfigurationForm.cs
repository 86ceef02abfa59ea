using Conversations.Api.Conversations;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Configuration;

/// <summary>The form that changes the account's defaults. What it does not name keeps its value.</summary>
public sealed class ConfigurationForm
{
    /// <summary>The SID of the default Conversation Service to use when creating a conversation.</summary>
    public string? DefaultChatServiceSid { get; init; }

    /// <summary>The SID of the default Messaging Service to use when creating a conversation.</summary>
    public string? DefaultMessagingServiceSid { get; init; }

    /// <summary>
    /// Default ISO8601 duration when conversation will be switched to inactive state. Minimum value for this timer is 1
    /// minute; empty for none.
    /// </summary>
    public string? DefaultInactiveTimer { get; init; }

    /// <summary>
    /// Default ISO8601 duration when conversation will be switched to closed state. Minimum value for this timer is 10
    /// minutes; empty for none.
    /// </summary>
    public string? DefaultClosedTimer { get; init; }
}

public sealed class ConfigurationRules : AbstractValidator<ConfigurationForm>
{
    public ConfigurationRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.DefaultChatServiceSid).Sid("IS", TwilioErrors.ServiceNotFound);
        RuleFor(f => f.DefaultMessagingServiceSid).Sid("MG", TwilioErrors.InvalidMessagingServiceSid);
        RuleFor(f => f.DefaultInactiveTimer)
            .Timer(TimerRules.ShortestInactive, TwilioErrors.InvalidInactiveTimer, TwilioErrors.InactiveTimerTooShort);
        RuleFor(f => f.DefaultClosedTimer)
            .Timer(TimerRules.ShortestClosed, TwilioErrors.InvalidClosedTimer, TwilioErrors.ClosedTimerTooShort);
    }
}
