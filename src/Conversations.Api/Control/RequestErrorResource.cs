namespace Conversations.Api.Control;

/// <summary>Why a request failed.</summary>
/// <param name="Rule">What is required, and of which parameter.</param>
/// <param name="Row">The path of the row that stands in the way; null for none, or when it is gone.</param>
/// <param name="RowIdentity">The identity of this row; null when it has none.</param>
/// <param name="RowAddress">The address of this row; null when it has none.</param>
/// <param name="ConversationSid">The conversation of this row; null when it has none.</param>
/// <param name="ConversationName">Its friendly name, or its unique name.</param>
public sealed record RequestErrorResource(
    int Code,
    string Message,
    string MoreInfo,
    string Rule,
    string? Row,
    string? RowIdentity,
    string? RowAddress,
    string? ConversationSid,
    string? ConversationName
);
