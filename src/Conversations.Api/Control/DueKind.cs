namespace Conversations.Api.Control;

/// <summary>What happens at a date of an account's clock.</summary>
internal static class DueKind
{
    public const string Timer = "timer";

    /// <summary>A step of the delivery of a message.</summary>
    public const string Delivery = "delivery";

    /// <summary>Another try of an event that failed.</summary>
    public const string Webhook = "webhook";
}
