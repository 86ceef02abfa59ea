namespace Conversations.Api.Wire;

/// <summary>The action takes the header X-Twilio-Webhook-Enabled.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FiresWebhooksAttribute : Attribute
{
    /// <summary>Whether a webhook is asked before the fact, and so may refuse (50056).</summary>
    public bool Asks { get; init; } = true;
}
