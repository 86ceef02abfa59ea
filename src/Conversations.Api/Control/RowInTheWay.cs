namespace Conversations.Api.Control;

/// <summary>The row that makes a request fail, with what people know it by.</summary>
internal sealed record RowInTheWay(
    string Path,
    string? Identity,
    string? Address,
    string? ConversationSid,
    string? FriendlyName,
    string? UniqueName
);
