using System.Net;

namespace Conversations.Api.Webhooks;

/// <summary>What a receiver answered, or why it did not.</summary>
/// <param name="Status">Null when the receiver did not answer.</param>
/// <param name="Failure">Why it did not.</param>
public sealed record WebhookAnswer(HttpStatusCode? Status, string Body, string? Failure)
{
    public static readonly WebhookAnswer Timeout = new(null, "", "no answer in time")
    {
        Reason = "The receiver did not answer in time.",
    };

    public static readonly WebhookAnswer Refused = new(null, "", nameof(HttpRequestError.ConnectionError))
    {
        Reason = "The connection was refused.",
    };

    /// <summary>The failure as a sentence; null for an answer.</summary>
    public string? Reason { get; init; }

    /// <summary>The rule that answered in place of the receiver; null for a real call.</summary>
    public string? Fault { get; init; }

    public bool IsSuccess => Status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices;
}
