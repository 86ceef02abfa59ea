using Conversations.Api.Messages;

namespace Conversations.Api.Control;

/// <summary>A message to a phone.</summary>
/// <param name="From">The number that the phone shows: the proxy address, in a group text that of the author.</param>
/// <param name="Body">Null for a message with a content template.</param>
/// <param name="Status">sent, delivered, read, failed or undelivered; null before the first of these.</param>
/// <param name="ErrorCode">Why it is failed or undelivered; null for another status.</param>
/// <param name="DateCreated">When it was sent.</param>
public sealed record PhoneMessageResource(
    string MessageSid,
    string ConversationSid,
    string From,
    string To,
    string? Body,
    IReadOnlyList<MediaResource> Media,
    string? Status,
    int? ErrorCode,
    DateTime DateCreated
);
