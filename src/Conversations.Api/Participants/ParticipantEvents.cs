using System.Globalization;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Participants;

/// <summary>The events of participants, with the fields that receivers get.</summary>
public static class ParticipantEvents
{
    /// <summary>The participant does not exist yet, so the event has no SID and no dates.</summary>
    public static WebhookEvent Add(Participant p) => Event(WebhookEvents.ParticipantAdd, p);

    public static WebhookEvent Added(Participant p) =>
        Event(WebhookEvents.ParticipantAdded, p, ("ParticipantSid", p.Sid), Date("DateCreated", p.DateCreated));

    public static WebhookEvent Update(Participant p) => Event(WebhookEvents.ParticipantUpdate, p, Existing(p));

    public static WebhookEvent Updated(Participant p) =>
        Event(
            WebhookEvents.ParticipantUpdated,
            p,
            [.. Existing(p), ("LastReadMessageIndex", p.LastReadMessageIndex?.ToString(CultureInfo.InvariantCulture))]
        );

    public static WebhookEvent Remove(Participant p) => Event(WebhookEvents.ParticipantRemove, p, Existing(p));

    public static WebhookEvent Removed(Participant p, DateTime now) =>
        Event(WebhookEvents.ParticipantRemoved, p, [.. Existing(p), Date("DateRemoved", now)]);

    private static (string Name, string? Value)[] Existing(Participant p) =>
        [("ParticipantSid", p.Sid), Date("DateCreated", p.DateCreated), Date("DateUpdated", p.DateUpdated)];

    private static (string Name, string? Value) Date(string name, DateTime date) => (name, WebhookEvent.Date(date));

    // Twilio's page shows the type CHAT for a chat participant. Recorded types are in lower case.
    private static WebhookEvent Event(string type, Participant p, params (string Name, string? Value)[] own) =>
        new(
            type,
            p.AccountSid,
            p.ChatServiceSid,
            p.ConversationSid,
            p.ConversationSid,
            [
                ("ConversationSid", p.ConversationSid),
                .. own,
                ("Identity", p.Identity),
                ("RoleSid", p.RoleSid),
                ("Attributes", p.Attributes),
                ("MessagingBinding.Type", p.BindingType ?? "chat"),
                ("MessagingBinding.Address", p.Address),
                ("MessagingBinding.ProxyAddress", p.ProxyAddress),
                ("MessagingBinding.ProjectedAddress", p.ProjectedAddress),
                ("MessagingBinding.Level", p.BindingLevel),
                ("MessagingBinding.Name", p.BindingName),
            ]
        );
}
