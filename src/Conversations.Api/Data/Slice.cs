namespace Conversations.Api.Data;

/// <summary>One page of rows.</summary>
/// <param name="Previous">The key of the previous page's first row; null on the first page.</param>
/// <param name="Next">The key of the next page's first row; null on the last page.</param>
public sealed record Slice<T>(IReadOnlyList<T> Rows, string? Previous, string? Next);
