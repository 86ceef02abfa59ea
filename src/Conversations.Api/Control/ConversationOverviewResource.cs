namespace Conversations.Api.Control;

/// <summary>A conversation of any chat service of the account, with what is shown of it in a list.</summary>
/// <param name="LastActivity">The date of the last message; without one, of the last change.</param>
/// <param name="LastMessage">Null without a message.</param>
/// <param name="Participants">The first five.</param>
public sealed record ConversationOverviewResource(
    string Sid,
    string ChatServiceSid,
    string? FriendlyName,
    string? UniqueName,
    string State,
    DateTime DateCreated,
    DateTime LastActivity,
    LastMessageResource? LastMessage,
    int ParticipantCount,
    IReadOnlyList<ListedParticipantResource> Participants
);

/// <summary>The last message of a conversation.</summary>
/// <param name="Body">Null for media without a text, and for a content template.</param>
public sealed record LastMessageResource(string Author, string? Body, DateTime DateCreated);

/// <summary>A participant as it is shown in a list.</summary>
/// <param name="Type">sms, whatsapp, …; null for a chat participant without a binding.</param>
public sealed record ListedParticipantResource(string Sid, string? Identity, string? Type, string? Address);

/// <summary>The conversations that match, those with the latest activity first.</summary>
/// <param name="NextOffset">The offset of the next page; null at the end.</param>
public sealed record ConversationOverviewListResource(
    IReadOnlyList<ConversationOverviewResource> Conversations,
    int? NextOffset
);
