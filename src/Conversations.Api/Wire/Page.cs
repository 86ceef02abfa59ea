namespace Conversations.Api.Wire;

/// <summary>One page of rows.</summary>
/// <param name="Previous">
/// The part after PT in the token of the previous page: where it begins, usually the SID of its first row, and where it
/// ends. Null on the first page.
/// </param>
/// <param name="Next">The same for the next page, which has no end; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, PageRequest Request, string? Previous, string? Next)
{
    /// <param name="url">The absolute URL of the requested list.</param>
    /// <param name="key">The member that holds the rows.</param>
    public PageMeta Meta(string url, string key)
    {
        var filters = string.Concat(
            Request
                .Filters.Where(filter => filter.Value.NullIfEmpty() is not null)
                .Select(filter => $"{filter.Name}={Uri.EscapeDataString(filter.Value!)}&")
        );
        return new(
            Request.Index,
            Request.Size,
            Link(0, null),
            Previous is null ? null : Link(Math.Max(Request.Index - 1, 0), Paging.TokenPrefix + Previous),
            Link(Request.Index, Request.PageToken.NullIfEmpty()),
            Next is null ? null : Link(Math.Min(Request.Index, int.MaxValue - 1) + 1, Paging.TokenPrefix + Next),
            key
        );

        string Link(int page, string? token) =>
            $"{url}?{filters}PageSize={Request.Size}&Page={page}{(token is null ? "" : $"&PageToken={token}")}";
    }
}
