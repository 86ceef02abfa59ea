using System.Globalization;
using Conversations.Api.Configuration;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.ConversationWebhooks;

/// <summary>The parameters Configuration.… of a conversation's webhook.</summary>
public class WebhookConfigurationForm
{
    /// <summary>The absolute url the webhook request should be sent to, limited to 512 characters.</summary>
    public string? Url { get; init; }

    /// <summary>The HTTP method to be used when sending a webhook request: get or post.</summary>
    [Documented(Values = ["get", "post"])]
    public string? Method { get; init; }

    /// <summary>
    /// The events of this conversation that are sent, such as onParticipantAdded. Repeat the parameter for more than
    /// one. At most 100.
    /// </summary>
    public IReadOnlyList<string>? Filters { get; init; }

    /// <summary>
    /// The keywords in messages that call the webhook, each limited to 248 characters. Repeat the parameter for more
    /// than one. At most 5.
    /// </summary>
    public IReadOnlyList<string>? Triggers { get; init; }

    /// <summary>The studio flow SID, where the webhook should be sent to.</summary>
    public string? FlowSid { get; init; }
}

/// <summary>The parameters Configuration.… of a new webhook.</summary>
public sealed class CreateWebhookConfigurationForm : WebhookConfigurationForm
{
    /// <summary>
    /// The index of a message: the webhook is replayed for it and for all later ones. Not set by default.
    /// </summary>
    [Documented(Type = "integer")]
    public string? ReplayAfter { get; init; }
}

/// <summary>The form that creates a webhook of a conversation.</summary>
[FormExample(
    "Webhook",
    "Target",
    WebhookTarget.Webhook,
    "Configuration.Url",
    "http://localhost:3000/after",
    "Configuration.Filters",
    "onParticipantAdded"
)]
[FormExample("Studio", "Target", WebhookTarget.Studio, "Configuration.FlowSid", "FW00000000000000000000000000000001")]
[FormExample(
    "Trigger",
    "Target",
    WebhookTarget.Trigger,
    "Configuration.Url",
    "http://localhost:3000/after",
    "Configuration.Triggers",
    "help"
)]
public sealed class CreateConversationWebhookForm
{
    /// <summary>The target of this webhook: webhook, studio or trigger. Required.</summary>
    [Documented(
        Required = true,
        Values = [WebhookTarget.Webhook, WebhookTarget.Trigger, WebhookTarget.Studio],
        Example = WebhookTarget.Webhook
    )]
    public string? Target { get; init; }

    public CreateWebhookConfigurationForm Configuration { get; init; } = new();
}

/// <summary>The form that changes a webhook of a conversation. What it does not name keeps its value.</summary>
public sealed class UpdateConversationWebhookForm
{
    public WebhookConfigurationForm Configuration { get; init; } = new();
}

/// <summary>The query of the list of a conversation's webhooks.</summary>
public sealed record ConversationWebhookQuery : PageRequest
{
    /// <summary>
    /// How many resources to return in each list page. The default is 5. A value above 1000 is reduced to 1000.
    /// </summary>
    [Documented(Type = "integer")]
    public override string? PageSize { get; init; }

    protected override int DefaultSize => 5; // The official document and recorded pages have it.
}

public sealed class ConversationWebhookQueryRules : PageRules<ConversationWebhookQuery>;

/// <summary>
/// The format of a configuration. <see cref="ConversationWebhookService"/> checks what the target needs of it.
/// </summary>
public class WebhookConfigurationRules<T> : AbstractValidator<T>
    where T : WebhookConfigurationForm
{
    // The pages of the codes 50372, 50362 and 50366 have these figures.
    private const int MaxUrlLength = 512;

    private const int MaxTriggers = 5;

    private const int MaxTriggerLength = 248;

    public WebhookConfigurationRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Url)
            .AtMost(MaxUrlLength, TwilioErrors.ConversationWebhookUrlTooLong)
            .WebhookUrl(TwilioErrors.InvalidWebhookUrl);
        RuleFor(f => f.Method)
            .Must(method => method.NullIfEmpty() is null || WebhookRuleExtensions.IsMethod(method!))
            .WithError(TwilioErrors.InvalidWebhookMethod);
        RuleFor(f => f.Filters)
            .Filters(TwilioErrors.InvalidConversationWebhookFilter)
            .Must(filters => filters.NotEmpty().All(WebhookEvents.IsOfConversation))
            .WithError(TwilioErrors.InvalidConversationWebhookFilter);
        RuleFor(f => f.Triggers)
            .AtMostItems(MaxTriggers, TwilioErrors.ConversationWebhookTriggerLimit)
            .ItemsAtMost(MaxTriggerLength, TwilioErrors.InvalidConversationWebhookTrigger);
        RuleFor(f => f.FlowSid).Sid("FW", TwilioErrors.InvalidConversationWebhookFlowSid);
    }
}

public sealed class CreateConversationWebhookRules : AbstractValidator<CreateConversationWebhookForm>
{
    public CreateConversationWebhookRules()
    {
        ClassLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Target).Required(nameof(CreateConversationWebhookForm.Target));
        RuleFor(f => f.Target).Must(WebhookTarget.IsKnown).WithError(TwilioErrors.InvalidConversationWebhookType);
        RuleFor(f => f.Configuration).SetValidator(new WebhookConfigurationRules<CreateWebhookConfigurationForm>());
        RuleFor(f => f.Configuration.ReplayAfter)
            .Must(text =>
                text.NullIfEmpty() is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
            .WithError(TwilioErrors.InvalidReplayAfter);
    }
}

public sealed class UpdateConversationWebhookRules : AbstractValidator<UpdateConversationWebhookForm>
{
    public UpdateConversationWebhookRules() =>
        RuleFor(f => f.Configuration).SetValidator(new WebhookConfigurationRules<WebhookConfigurationForm>());
}
