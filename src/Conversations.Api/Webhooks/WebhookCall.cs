namespace Conversations.Api.Webhooks;

/// <summary>A call to a receiver and its answer.</summary>
/// <param name="EventId">The same for all attempts of a delivery.</param>
/// <param name="Url">As configured.</param>
/// <param name="CalledUrl">With the query of a GET.</param>
/// <param name="Form">The parameters, also of a GET.</param>
/// <param name="Signature">X-Twilio-Signature; null when the URL can't be called.</param>
public sealed record WebhookCall(
    string AccountSid,
    Guid EventId,
    string Url,
    string CalledUrl,
    string Method,
    IReadOnlyList<KeyValuePair<string, string>> Form,
    string? Signature,
    WebhookAnswer Answer,
    DateTimeOffset Date,
    TimeSpan Duration
);
