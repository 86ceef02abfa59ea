using System.Globalization;
using Conversations.Api.Data;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Http;

/// <summary>The query of every list.</summary>
public record PageRequest
{
    public const int DefaultSize = 50;

    public const int MaxSize = 1000;

    /// <summary>How many resources to return in each list page. The default is 50, and the maximum is 1000; more is cut to that.</summary>
    [Documented(Type = "integer")]
    public string? PageSize { get; init; }

    /// <summary>The page index. This value is simply for client state.</summary>
    [Documented(Type = "integer")]
    public string? Page { get; init; }

    /// <summary>The page token. This is provided by the API.</summary>
    public string? PageToken { get; init; }

    internal int Size => PageSize.Given() is not { } text ? DefaultSize : int.TryParse(text, CultureInfo.InvariantCulture, out var size) ? Math.Min(size, MaxSize) : MaxSize;

    internal int Index => Page.Given() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

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
        RuleFor(q => q.PageSize).Must(text => text.Given() is null || (text!.All(char.IsAsciiDigit) && text!.Any(digit => digit != '0'))).WithError(TwilioErrors.InvalidPageSize);
        RuleFor(q => q.Page).Must(text => text.Given() is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)).WithError(TwilioErrors.InvalidPage);
    }
}

public sealed class PageRequestRules : PageRules<PageRequest>;

/// <summary>Which page of the list this is, and where the others are: null where there is none.</summary>
// Every member is always there: the libraries for C# and Java fail on less.
public sealed record PageMeta(int Page, int PageSize, string FirstPageUrl, string? PreviousPageUrl, string Url, string? NextPageUrl, string Key);

/// <summary>One page of rows.</summary>
/// <param name="Previous">The SID of the previous page's first row; null on the first page.</param>
/// <param name="Next">The SID of the next page's first row; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, PageRequest Request, string? Previous, string? Next)
{
    /// <param name="url">The absolute URL of the list, as requested.</param>
    /// <param name="key">The member that holds the rows.</param>
    public PageMeta Meta(string url, string key)
    {
        var filters = string.Concat(Request.Filters
            .Where(filter => filter.Value.Given() is not null)
            .Select(filter => $"{filter.Name}={Uri.EscapeDataString(filter.Value!)}&"));
        return new(Request.Index, Request.Size, Link(0, null),
            Previous is null ? null : Link(Math.Max(Request.Index - 1, 0), Paging.TokenPrefix + Previous),
            Link(Request.Index, Request.PageToken.Given()),
            Next is null ? null : Link(Request.Index + 1, Paging.TokenPrefix + Next), key);

        string Link(int page, string? token) => $"{url}?{filters}PageSize={Request.Size}&Page={page}{(token is null ? "" : $"&PageToken={token}")}";
    }
}

/// <param name="Previous">The SID of the previous page's first row; null on the first page.</param>
public sealed record PageRow<T>(T Row, string? Previous);

/// <summary>
/// Keyset paging over the SID, which sorts by creation. A token is PT and the SID of its page's first row: no more than a place in
/// the order, so it opens no other list's rows, and goes on with the next row when its own is gone.
/// </summary>
public static class Paging
{
    internal const string TokenPrefix = "PT";

    /// <summary>One query, whose cost does not grow with the page number.</summary>
    /// <param name="prefix">The prefix of the rows' SIDs. A token of another kind of row is damaged.</param>
    public static Task<Page<T>> ToPageAsync<T>(this IQueryable<T> rows, PageRequest request, string prefix, CancellationToken cancellationToken)
        where T : Resource
        => request.ToPageAsync(prefix, () => rows, (start, count) => From(rows, start, count).AsAsyncEnumerable(), cancellationToken);

    /// <summary>The same with a query that is compiled already.</summary>
    /// <param name="all">The rows of all pages, for what the page's own query leaves open.</param>
    /// <param name="from">So many rows from a SID on; from the first one if that is null.</param>
    public static async Task<Page<T>> ToPageAsync<T>(
        this PageRequest request, string prefix, Func<IQueryable<T>> all, Func<string?, int, IAsyncEnumerable<PageRow<T>>> from, CancellationToken cancellationToken)
        where T : Resource
    {
        var start = StartOf(request.PageToken.Given(), prefix);
        var size = request.Size;
        List<T> items = [];
        string? previous = null;

        // One row more than asked: it opens the next page.
        await foreach (var (row, before) in from(start, size + 1).WithCancellation(cancellationToken))
        {
            items.Add(row);
            previous = before;
        }

        if (items is [] && start is not null)
        {
            previous = await Before(all(), start, size).MinAsync(cancellationToken);
        }

        var next = items.Count > size ? items[size].Sid : null;
        return new(next is null ? items : items[..size], request, previous, next);
    }

    private static string? StartOf(string? token, string prefix)
        => token is null ? null
            : token.StartsWith(TokenPrefix, StringComparison.Ordinal) && Sid.Is(prefix, token[TokenPrefix.Length..]) ? token[TokenPrefix.Length..]
            : throw new TwilioException(TwilioErrors.InvalidPageToken);

    private static IQueryable<PageRow<T>> From<T>(IQueryable<T> rows, string? start, int count)
        where T : Resource
    {
        if (start is null)
        {
            return rows.OrderBy(r => r.Sid).Take(count).Select(r => new PageRow<T>(r, null));
        }

        var before = Before(rows, start, count - 1);
        return rows.Where(r => r.Sid.CompareTo(start) >= 0).OrderBy(r => r.Sid).Take(count).Select(r => new PageRow<T>(r, before.Min()));
    }

    private static IQueryable<string> Before<T>(IQueryable<T> rows, string start, int size)
        where T : Resource
        => rows.Where(r => r.Sid.CompareTo(start) < 0).OrderByDescending(r => r.Sid).Take(size).Select(r => r.Sid);
}
