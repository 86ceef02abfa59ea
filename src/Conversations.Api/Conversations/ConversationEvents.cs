using Conversations.Api.Webhooks;

namespace Conversations.Api.Conversations;

/// <summary>The events of conversations, with the fields that receivers get.</summary>
public static class ConversationEvents
{
    /// <summary>The conversation does not exist yet, so the event has no SID and no dates.</summary>
    public static WebhookEvent Add(Conversation c) => Event(WebhookEvents.ConversationAdd, c);

    public static WebhookEvent Added(Conversation c) => Event(WebhookEvents.ConversationAdded, c, Existing(c));

    public static WebhookEvent Update(Conversation c) => Event(WebhookEvents.ConversationUpdate, c, Existing(c));

    private static WebhookEvent Updated(Conversation c) => Event(WebhookEvents.ConversationUpdated, c, Existing(c));

    /// <summary>A request has changed the conversation, and maybe its state.</summary>
    /// <param name="before">The previous state.</param>
    public static IEnumerable<WebhookEvent> Updated(Conversation c, string before, DateTime now) =>
        c.State == before
            ? [Updated(c)]
            :
            [
                Updated(c),
                StateUpdated(c, before, c.State, "API", now, ("MessagingServiceSid", c.MessagingServiceSid)),
            ];

    public static WebhookEvent Remove(Conversation c) => Event(WebhookEvents.ConversationRemove, c, Existing(c));

    /// <param name="state">The state before the deletion, which has closed the conversation.</param>
    public static WebhookEvent Removed(Conversation c, string state, DateTime now) =>
        Event(WebhookEvents.ConversationRemoved, c, state, [.. Existing(c), ("DateRemoved", WebhookEvent.Date(now))]);

    /// <summary>A new message or participant has made an inactive conversation active.</summary>
    public static WebhookEvent Woken(Conversation c, DateTime now) =>
        StateUpdated(
            c,
            ConversationState.Inactive,
            ConversationState.Active,
            "EVENT",
            now,
            ("MessagingServiceSid", c.MessagingServiceSid)
        );

    /// <summary>The participants of a new conversation were added, or could not be.</summary>
    public static WebhookEvent Initialized(Conversation c, DateTime now) =>
        StateUpdated(
            c,
            ConversationState.Initializing,
            c.State,
            "EVENT",
            now,
            ("MessagingServiceSid", c.MessagingServiceSid)
        );

    /// <summary>A timer has expired. The recorded event has no MessagingServiceSid.</summary>
    /// <param name="before">The previous state.</param>
    /// <param name="due">When the timer expired.</param>
    public static WebhookEvent Expired(Conversation c, string before, DateTime due) =>
        StateUpdated(c, before, c.State, "TIMER", due);

    private static WebhookEvent StateUpdated(
        Conversation c,
        string before,
        string after,
        string reason,
        DateTime date,
        params (string Name, string? Value)[] own
    ) =>
        new(
            WebhookEvents.ConversationStateUpdated,
            c.AccountSid,
            c.ChatServiceSid,
            c.Sid,
            c.Sid,
            [
                ("ConversationSid", c.Sid),
                .. own,
                ("StateUpdated", WebhookEvent.Date(date)),
                ("StateFrom", before),
                ("StateTo", after),
                ("Reason", reason),
            ]
        )
        {
            Source = null,
        };

    private static (string Name, string? Value)[] Existing(Conversation c) =>
        [
            ("ConversationSid", c.Sid),
            ("DateCreated", WebhookEvent.Date(c.DateCreated)),
            ("DateUpdated", WebhookEvent.Date(c.DateUpdated)),
        ];

    private static WebhookEvent Event(string type, Conversation c, params (string Name, string? Value)[] own) =>
        Event(type, c, c.State, own);

    private static WebhookEvent Event(string type, Conversation c, string state, (string Name, string? Value)[] own) =>
        new(
            type,
            c.AccountSid,
            c.ChatServiceSid,
            c.Sid,
            c.Sid,
            [
                .. own,
                ("FriendlyName", c.FriendlyName),
                ("UniqueName", c.UniqueName),
                ("Attributes", c.Attributes),
                ("MessagingServiceSid", c.MessagingServiceSid),
                ("State", state),
            ]
        );
}
