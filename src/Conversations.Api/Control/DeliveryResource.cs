using System.Globalization;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Control;

/// <summary>An event for one receiver.</summary>
/// <param name="Id">The same as the header I-Twilio-Idempotency-Token.</param>
/// <param name="Result">
/// delivered; waiting (for its next try); dead_lettered (after its last try); failed (a pre-action event, which is sent
/// once).
/// </param>
/// <param name="NextTry">Null unless it waits, and while it is being sent.</param>
/// <param name="Tries">Newest first.</param>
public sealed record DeliveryResource(
    Guid Id,
    string? Event,
    string Url,
    string Method,
    string Result,
    DateTimeOffset? NextTry,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<TryResource> Tries
)
{
    internal static DeliveryResource Of(DeliveryEntry entry, string result, DateTime? nextTry) =>
        new(
            entry.Id,
            entry["EventType"],
            entry.Last.Url,
            entry.Last.Method,
            result,
            nextTry,
            entry.Last.Form.GroupBy(pair => pair.Key).ToDictionary(same => same.Key, same => same.Last().Value),
            [.. entry.Tries.Reverse().Select(TryResource.Of)]
        );
}

/// <summary>One call of the receiver.</summary>
/// <param name="Result">The status, or why there is none.</param>
/// <param name="Reason">Why there is no status, as a sentence; null for an answer.</param>
/// <param name="Fault">The id of the rule of faults that answered in place of the receiver; null for none.</param>
/// <param name="Answer">The body of the answer.</param>
/// <param name="SignedText">What X-Twilio-Signature was made of, with the auth token as the key.</param>
public sealed record TryResource(
    DateTimeOffset Date,
    double DurationMs,
    string Result,
    string? Reason,
    string? Fault,
    string Answer,
    string? Signature,
    string SignedText
)
{
    internal static TryResource Of(WebhookCall call) =>
        new(
            call.Date,
            Math.Round(call.Duration.TotalMilliseconds, 1),
            ResultOf(call),
            call.Answer.Reason,
            call.Answer.Fault,
            call.Answer.Body,
            call.Signature,
            WebhookSignature.TextOf(call.CalledUrl, HttpMethods.IsGet(call.Method) ? [] : call.Form)
        );

    internal static string ResultOf(WebhookCall call) =>
        call.Answer.Failure ?? ((int)call.Answer.Status!).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The deliveries that match, newest first.</summary>
/// <param name="Cursor">As since of a next request: what comes after these.</param>
public sealed record DeliveryListResource(IReadOnlyList<DeliveryResource> Deliveries, string Cursor);
