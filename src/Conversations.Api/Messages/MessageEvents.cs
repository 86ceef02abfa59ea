using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Messages;

/// <summary>The events of messages, with the fields that receivers get.</summary>
public static class MessageEvents
{
    private static readonly JsonSerializerOptions MediaJson = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The message does not exist yet, so the event has no SID, no index and no dates.</summary>
    public static WebhookEvent Add(Message m) => Event(WebhookEvents.MessageAdd, m);

    public static WebhookEvent Added(Message m, string messagingServiceSid) =>
        Event(
            WebhookEvents.MessageAdded,
            m,
            ("MessageSid", m.Sid),
            ("MessagingServiceSid", messagingServiceSid),
            Index(m),
            Date("DateCreated", m.DateCreated)
        );

    /// <param name="dateUpdated">The date before the change. The other fields have the wanted values.</param>
    public static WebhookEvent Update(Message m, DateTime dateUpdated) =>
        Event(WebhookEvents.MessageUpdate, m, Existing(m, dateUpdated));

    public static WebhookEvent Updated(Message m) => Event(WebhookEvents.MessageUpdated, m, Existing(m, m.DateUpdated));

    public static WebhookEvent Remove(Message m) => Event(WebhookEvents.MessageRemove, m, Existing(m, m.DateUpdated));

    public static WebhookEvent Removed(Message m, DateTime now) =>
        Event(WebhookEvents.MessageRemoved, m, [.. Existing(m, m.DateUpdated), Date("DateRemoved", now)]);

    private static (string Name, string? Value)[] Existing(Message m, DateTime dateUpdated) =>
        [("MessageSid", m.Sid), Index(m), Date("DateCreated", m.DateCreated), Date("DateUpdated", dateUpdated)];

    private static (string Name, string? Value) Index(Message m) =>
        ("Index", m.Index.ToString(CultureInfo.InvariantCulture));

    private static (string Name, string? Value) Date(string name, DateTime date) => (name, WebhookEvent.Date(date));

    private static WebhookEvent Event(string type, Message m, params (string Name, string? Value)[] own) =>
        new(
            type,
            m.AccountSid,
            m.ChatServiceSid,
            m.ConversationSid,
            m.ConversationSid,
            [
                ("ConversationSid", m.ConversationSid),
                .. own,
                ("Body", m.Body),
                ("Author", m.Author),
                ("ParticipantSid", m.ParticipantSid),
                ("Attributes", m.Attributes),
                ("Media", MediaOf(m)),
            ]
        );

    // The members have other names than in the API's answers.
    private static string? MediaOf(Message message) =>
        MediaResource.Of(message) is { } media
            ? JsonSerializer.Serialize(
                media.Select(one => new
                {
                    one.Sid,
                    one.Filename,
                    one.ContentType,
                    one.Size,
                }),
                MediaJson
            )
            : null;
}
