namespace Conversations.Api.Data;

/// <summary>The parts of a request path that select rows, in the form that a compiled query takes.</summary>
/// <param name="ChatServiceSid">Null means the account's default chat service.</param>
/// <param name="ConversationSid">
/// The conversation's SID; null when the path has its UniqueName or no conversation.
/// </param>
/// <param name="UniqueName">The conversation's UniqueName; null when the path has its SID or no conversation.</param>
public readonly record struct ResourcePath(
    string AccountSid,
    string? ChatServiceSid,
    string? ConversationSid = null,
    string? UniqueName = null
);
