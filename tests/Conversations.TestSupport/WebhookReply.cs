namespace Conversations.TestSupport;

/// <summary>An answer of a receiver.</summary>
/// <param name="IsEndless">Whether the body starts and never ends.</param>
public sealed record WebhookReply(
    int Status = 200,
    string Body = "",
    (string Name, string Value)[]? Headers = null,
    bool IsEndless = false
);
