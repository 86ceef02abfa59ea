using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using FluentValidation;

namespace Conversations.Api.Wire;

/// <summary>The query of every list.</summary>
public record PageRequest
{
    private const int MaxSize = 1000;

    /// <summary>How many resources to return in each list page. The default is 50, and the maximum is 1000; more is cut to that.</summary>
    [Documented(Type = "integer")]
    public virtual string? PageSize { get; init; }

    /// <summary>The page index. This value is simply for client state.</summary>
    [Documented(Type = "integer")]
    public string? Page { get; init; }

    /// <summary>The page token. This is provided by the API.</summary>
    public string? PageToken { get; init; }

    internal int Size =>
        PageSize.NullIfEmpty() is not { } text ? DefaultSize
        : int.TryParse(text, CultureInfo.InvariantCulture, out var size) ? Math.Min(size, MaxSize)
        : MaxSize;

    internal int Index => Page.NullIfEmpty() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>The rows of a page when PageSize is not given.</summary>
    protected virtual int DefaultSize => 50;

    /// <summary>The list's own filters, in the order in which they stand in page URLs.</summary>
    protected internal virtual IEnumerable<(string Name, string? Value)> Filters => [];
}

public abstract class PageRules<T> : AbstractValidator<T>
    where T : PageRequest
{
    protected PageRules()
    {
        ClassLevelCascadeMode = CascadeMode.Stop;

        // Digits beyond int are a size above the maximum, which is cut, not refused: libraries send any limit as page size.
        RuleFor(q => q.PageSize)
            .Must(text =>
                text.NullIfEmpty() is null || (text!.All(char.IsAsciiDigit) && text!.Any(digit => digit != '0'))
            )
            .WithError(TwilioErrors.InvalidPageSize);
        RuleFor(q => q.Page)
            .Must(text =>
                text.NullIfEmpty() is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
            .WithError(TwilioErrors.InvalidPage);
    }
}

public sealed class PageRequestRules : PageRules<PageRequest>;

/// <summary>Which page of the list this is, and where the others are: null where there is none.</summary>
// Every member is always there: the libraries for C# and Java fail on less.
public sealed record PageMeta(
    int Page,
    int PageSize,
    string FirstPageUrl,
    string? PreviousPageUrl,
    string Url,
    string? NextPageUrl,
    string Key
);

/// <summary>One page of rows.</summary>
/// <param name="Previous">
/// What follows PT in the token of the previous page: the SID of its first row, mostly. Null on the first page.
/// </param>
/// <param name="Next">The same of the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, PageRequest Request, string? Previous, string? Next)
{
    /// <param name="url">The absolute URL of the list, as requested.</param>
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
            Next is null ? null : Link(Request.Index + 1, Paging.TokenPrefix + Next),
            key
        );

        string Link(int page, string? token) =>
            $"{url}?{filters}PageSize={Request.Size}&Page={page}{(token is null ? "" : $"&PageToken={token}")}";
    }
}

/// <summary>
/// Tokens of keyset paging over the SID, which sorts by creation. A token is PT and the SID of its page's first row: only a place in
/// the order, so it opens no other list's rows, and goes on with the next row when its own is gone.
/// </summary>
public static class Paging
{
    internal const string TokenPrefix = "PT";

    /// <summary>Where the requested page begins; null for the first one.</summary>
    /// <exception cref="TwilioException">20001: the token is none of such rows.</exception>
    public static string? Start<T>(this PageRequest request)
        where T : IResource =>
        request.PageToken.NullIfEmpty() is not { } token ? null
        : token.StartsWith(TokenPrefix, StringComparison.Ordinal) && Sids.Is<T>(token[TokenPrefix.Length..])
            ? token[TokenPrefix.Length..]
        : throw new TwilioException(TwilioErrors.InvalidPageToken);
}
