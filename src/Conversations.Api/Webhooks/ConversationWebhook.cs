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

    /// <summary>The events that a target "webhook" is called for.</summary>
    public IReadOnlyList<string> Filters { get; set; } = [];

    /// <summary>The keywords of a trigger as a JSON array, because they may contain blanks.</summary>
    public string? Triggers { get; set; }

    /// <summary>The flow of a target "studio".</summary>
    public string? FlowSid { get; set; }

    public int? ReplayAfter { get; set; }
}
