namespace Conversations.Api.Control;

/// <summary>What a rule of faults is about. A rule is about one of them.</summary>
public enum FaultKind
{
    /// <summary>A request to /v1.</summary>
    Request,

    /// <summary>A call of a webhook.</summary>
    Webhook,

    /// <summary>The delivery of a message to an address.</summary>
    Delivery,
}
