namespace Conversations.Api.Webhooks;

/// <summary>
/// The kind of receiver of a conversation's webhook. Only "webhook" is called: the keywords of a trigger are not
/// matched, and there is no Studio.
/// </summary>
public static class WebhookTarget
{
    public const string Webhook = "webhook";

    public const string Trigger = "trigger";

    public const string Studio = "studio";

    public static bool IsKnown(string? target) => target is Webhook or Trigger or Studio;
}
