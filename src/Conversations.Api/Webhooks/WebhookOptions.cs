namespace Conversations.Api.Webhooks;

/// <summary>The section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>How long a receiver may take, in seconds. Twilio waits 5.</summary>
    public double TimeoutSeconds { get; init; } = 5;

    /// <summary>Attempts to send one event before it is dead-lettered. The pause doubles from one second up to ten minutes.</summary>
    public int MaxAttempts { get; init; } = 12;

    /// <summary>The first pause after a failure, in seconds.</summary>
    public double FirstPauseSeconds { get; init; } = 1;

    /// <summary>Whether pre-action webhooks are asked about REST writes. Twilio's page promises only the post-action ones there; its texts speak of both.</summary>
    public bool PostOnly { get; init; }

    /// <summary>The hosts that may be called; none named: every host.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>Networks (10.0.0.0/8) that may be called though they are private, link-local or this machine. In Development all may.</summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }
}
