using System.Globalization;

namespace Conversations.Api.Webhooks;

/// <summary>Something that is about to happen or has happened, as a receiver is told of it.</summary>
/// <param name="Subject">The SID of the conversation or user: the events of one go out in order.</param>
/// <param name="ConversationSid">Null for an event that belongs to no conversation that has webhooks of its own.</param>
/// <param name="Fields">What the event's type adds to the common fields. One that is null is not sent.</param>
public sealed record WebhookEvent(
    string Type,
    string AccountSid,
    string ChatServiceSid,
    string? ConversationSid,
    string Subject,
    params IReadOnlyList<(string Name, string? Value)> Fields
)
{
    /// <summary>The parameters as they go out, in the names and spelling of https://www.twilio.com/docs/conversations/conversations-webhooks.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        (string Name, string? Value)[] common =
        [
            ("AccountSid", AccountSid),
            ("EventType", Type),
            ("Source", "API"),
            ("ChatServiceSid", ChatServiceSid),
        ];
        return common
            .Concat(Fields)
            .Where(field => field.Value is not null)
            .Select(field => KeyValuePair.Create(field.Name, field.Value!));
    }

    /// <summary>Dates have milliseconds here, as recorded; on the API they have none.</summary>
    public static string Date(DateTime date) =>
        date.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
