namespace Conversations.Api.Data;

/// <summary>A row of a page.</summary>
/// <param name="Previous">The key of the previous page's first row; null on the first page.</param>
public sealed record PageRow<T, TKey>(T Row, TKey? Previous);
