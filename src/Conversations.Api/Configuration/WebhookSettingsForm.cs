using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Configuration;

/// <summary>The form that changes where a service's events go. What it does not name keeps its value.</summary>
public class WebhookSettingsForm
{
    /// <summary>
    /// The absolute url the pre-event webhook request should be sent to, limited to 2048 characters; empty for none.
    /// </summary>
    public string? PreWebhookUrl { get; init; }

    /// <summary>
    /// The absolute url the post-event webhook request should be sent to, limited to 2048 characters; empty for none.
    /// </summary>
    public string? PostWebhookUrl { get; init; }

    /// <summary>
    /// The events that are sent, such as onParticipantAdded; no others are. Repeat the parameter for more than one.
    /// They replace those that were set. At most 100.
    /// </summary>
    public IReadOnlyList<string>? Filters { get; init; }

    /// <summary>The HTTP method to be used when sending a webhook request: GET or POST.</summary>
    public string? Method { get; init; }
}

/// <summary>The form that changes where the account's events go.</summary>
public sealed class AccountWebhookSettingsForm : WebhookSettingsForm
{
    /// <summary>
    /// The routing target of the webhook: webhook or flex. This server keeps it and does nothing with it.
    /// </summary>
    [Documented(Values = ["webhook", "flex"])]
    public string? Target { get; init; }
}

public class WebhookSettingsRules<T> : AbstractValidator<T>
    where T : WebhookSettingsForm
{
    protected WebhookSettingsRules()
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.PreWebhookUrl).WebhookUrl(TwilioErrors.InvalidWebhookUrl);
        RuleFor(f => f.PostWebhookUrl).WebhookUrl(TwilioErrors.InvalidWebhookUrl);
        RuleFor(f => f.Filters)
            .Filters(TwilioErrors.InvalidWebhookFilter)
            .Must(filters => filters.NotEmpty().All(WebhookEvents.IsOfService))
            .WithError(TwilioErrors.InvalidWebhookFilter);
        RuleFor(f => f.Method)
            .AtMost(WebhookRuleExtensions.MaxMethodLength, TwilioErrors.InvalidWebhookMethod)
            .Must(method => method.NullIfEmpty() is null || WebhookRuleExtensions.IsMethod(method!))
            .WithError(TwilioErrors.InvalidWebhookMethod);
    }
}

public sealed class ServiceWebhookSettingsRules : WebhookSettingsRules<WebhookSettingsForm>;

public sealed class AccountWebhookSettingsRules : WebhookSettingsRules<AccountWebhookSettingsForm>
{
    public AccountWebhookSettingsRules() =>
        RuleFor(f => f.Target)
            .Must(target => target.NullIfEmpty() is null or "webhook" or "flex")
            .WithError(TwilioErrors.InvalidWebhookTarget);
}

internal static class WebhookRuleExtensions
{
    public const int MaxMethodLength = 4;

    // A guess: no limit is documented for the URLs of an account or a service.
    private const int MaxUrlLength = 2048;

    // A guess: several times the number of events that exist.
    private const int MaxFilters = 100;

    // No event has a longer name.
    private const int MaxFilterLength = 64;

    /// <summary>Not given, or a URL that can be called.</summary>
    public static IRuleBuilderOptions<T, string?> WebhookUrl<T>(
        this IRuleBuilder<T, string?> rule,
        TwilioError error
    ) =>
        rule.AtMost(MaxUrlLength, error)
            .Must(text => text.NullIfEmpty() is null || CallableUrl.Is(text!))
            .WithError(error);

    /// <summary>The limits of the names of events.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> Filters<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule,
        TwilioError error
    ) => rule.AtMostItems(MaxFilters, error).ItemsAtMost(MaxFilterLength, error);

    public static bool IsMethod(string method) => HttpMethods.IsGet(method) || HttpMethods.IsPost(method);

    /// <summary>The values of a repeated parameter. A client gives an empty one to have none.</summary>
    public static IReadOnlyList<string> NotEmpty(this IReadOnlyList<string>? words) =>
        [.. (words ?? []).Where(word => word.Length > 0)];
}
