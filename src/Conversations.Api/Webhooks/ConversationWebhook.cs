using Conversations.Api.Data;

namespace Conversations.Api.Webhooks;

/// <summary>A webhook of one conversation (WH…).</summary>
public sealed class ConversationWebhook : ConversationChild, IResource
{
    public static string SidPrefix => "WH";

    public const int MaxPerConversation = 5;

    /// <summary>One of <see cref="WebhookTarget"/>.</summary>
    public required string Target { get; init; }

    public string? ConfigurationUrl { get; set; }

    /// <summary>get or post, in lower case; ConversationWebhookResource shows it in upper case.</summary>
    public string? Method { get; set; }

    /// <summary>The events of a webhook.</summary>
    public IReadOnlyList<string> Filters { get; set; } = [];

    /// <summary>The keywords of a trigger, as JSON: they may hold blanks.</summary>
    public string? Triggers { get; set; }

    /// <summary>The flow of a studio target.</summary>
    public string? FlowSid { get; set; }

    public int? ReplayAfter { get; set; }
}

/// <summary>What a conversation's webhook leads to. Only "webhook" is called: there are no messages a trigger could match, and no Studio.</summary>
public static class WebhookTarget
{
    public const string Webhook = "webhook";

    public const string Trigger = "trigger";

    public const string Studio = "studio";

    public static bool IsKnown(string? target) => target is Webhook or Trigger or Studio;
}
