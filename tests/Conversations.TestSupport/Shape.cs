namespace Conversations.TestSupport;

/// <summary>The route shapes: /v1/… and /v1/Services/{ChatServiceSid}/….</summary>
public enum Shape
{
    Default,
    Service,
}
