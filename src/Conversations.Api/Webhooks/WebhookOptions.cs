namespace Conversations.Api.Webhooks;

/// <summary>The section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>How long a receiver may take to answer, in seconds. Twilio waits 5.</summary>
    public double TimeoutSeconds { get; init; } = 5;

    /// <summary>
    /// The attempts to send an event before it is dead-lettered. The pause doubles, up to ten minutes.
    /// </summary>
    public int MaxAttempts { get; init; } = 12;

    /// <summary>The first pause after a failure, in seconds.</summary>
    public double FirstPauseSeconds { get; init; } = 1;

    /// <summary>
    /// Whether REST requests call only post-action webhooks. Twilio's page promises only these for REST requests; its
    /// other texts mention both.
    /// </summary>
    public bool PostOnly { get; init; }

    /// <summary>The hosts that may be called. Without an entry, every host may be called.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>
    /// Private, link-local or loopback networks (10.0.0.0/8) that may be called. In Development all may be called.
    /// </summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }
}
