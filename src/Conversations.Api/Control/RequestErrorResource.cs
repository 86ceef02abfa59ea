namespace Conversations.Api.Control;

/// <summary>Why a request failed.</summary>
/// <param name="Rule">What is required, and of which parameter.</param>
/// <param name="Row">The path of the row that stands in the way; null for none, or when it is gone.</param>
public sealed record RequestErrorResource(int Code, string Message, string MoreInfo, string Rule, string? Row);
