using System.Net;

namespace Conversations.Api.Webhooks;

/// <summary>What a receiver answered, or why it did not.</summary>
/// <param name="Status">Null when the receiver did not answer.</param>
/// <param name="Failure">Why it did not.</param>
public sealed record WebhookAnswer(HttpStatusCode? Status, string Body, string? Failure)
{
    public bool IsSuccess => Status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices;
}
