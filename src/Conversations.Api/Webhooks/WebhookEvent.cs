using System.Globalization;

namespace Conversations.Api.Webhooks;

/// <summary>An event that is about to happen or has happened, as it is sent to receivers.</summary>
/// <param name="Subject">The SID of the conversation or user whose events are sent in order.</param>
/// <param name="ConversationSid">The conversation whose own webhooks get the event; null for none.</param>
/// <param name="Fields">
/// The fields of the event's type, in addition to the common ones. A null field is not sent.
/// </param>
public sealed record WebhookEvent(
    string Type,
    string AccountSid,
    string ChatServiceSid,
    string? ConversationSid,
    string Subject,
    params IReadOnlyList<(string Name, string? Value)> Fields
)
{
    /// <summary>Where the change comes from, by default from the API; null for events that do not tell it.</summary>
    public string? Source { get; init; } = "API";

    /// <summary>
    /// The parameters of the request, with the names in
    /// https://www.twilio.com/docs/conversations/conversations-webhooks.
    /// </summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        (string Name, string? Value)[] common =
        [
            ("AccountSid", AccountSid),
            ("EventType", Type),
            ("Source", Source),
            ("ChatServiceSid", ChatServiceSid),
        ];
        return common
            .Concat(Fields)
            .Where(field => field.Value is not null)
            .Select(field => KeyValuePair.Create(field.Name, field.Value!));
    }

    /// <summary>Dates have milliseconds here, as recorded. In the API's answers they have none.</summary>
    public static string Date(DateTime date) =>
        date.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
