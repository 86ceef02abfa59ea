namespace Conversations.Api.Webhooks;

/// <summary>The names of the events, and which of them a webhook's filters may contain.</summary>
public static class WebhookEvents
{
    public const string ConversationAdd = "onConversationAdd";
    public const string ConversationAdded = "onConversationAdded";
    public const string ConversationUpdate = "onConversationUpdate";
    public const string ConversationUpdated = "onConversationUpdated";
    public const string ConversationRemove = "onConversationRemove";
    public const string ConversationRemoved = "onConversationRemoved";
    public const string ConversationStateUpdated = "onConversationStateUpdated";
    public const string ParticipantAdd = "onParticipantAdd";
    public const string ParticipantAdded = "onParticipantAdded";
    public const string ParticipantUpdate = "onParticipantUpdate";
    public const string ParticipantUpdated = "onParticipantUpdated";
    public const string ParticipantRemove = "onParticipantRemove";
    public const string ParticipantRemoved = "onParticipantRemoved";
    public const string MessageAdd = "onMessageAdd";
    public const string MessageAdded = "onMessageAdded";
    public const string MessageUpdate = "onMessageUpdate";
    public const string MessageUpdated = "onMessageUpdated";
    public const string MessageRemove = "onMessageRemove";
    public const string MessageRemoved = "onMessageRemoved";
    public const string DeliveryUpdated = "onDeliveryUpdated";
    public const string UserAdded = "onUserAdded";
    public const string UserUpdate = "onUserUpdate";
    public const string UserUpdated = "onUserUpdated";

    private static readonly HashSet<string> OfConversation =
    [
        ConversationUpdated,
        ConversationStateUpdated,
        ConversationRemoved,
        ParticipantAdded,
        ParticipantUpdated,
        ParticipantRemoved,
        MessageAdded,
        MessageUpdated,
        MessageRemoved,
        DeliveryUpdated,
    ];

    private static readonly HashSet<string> OfService =
    [
        .. OfConversation,
        ConversationAdd,
        ConversationAdded,
        ConversationUpdate,
        ConversationRemove,
        ParticipantAdd,
        ParticipantUpdate,
        ParticipantRemove,
        MessageAdd,
        MessageUpdate,
        MessageRemove,
        UserAdded,
        UserUpdate,
        UserUpdated,
    ];

    /// <summary>Whether a webhook of the account or of a service can filter for the event.</summary>
    public static bool IsOfService(string name) => OfService.Contains(name);

    /// <summary>Whether a webhook of one conversation can filter for the event: only post-action events.</summary>
    public static bool IsOfConversation(string name) => OfConversation.Contains(name);
}
