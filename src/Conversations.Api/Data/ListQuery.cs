using System.Linq.Expressions;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Data;

/// <summary>
/// The query of a list: keyset paging over the SID, which sorts by creation. A page takes one statement, whose cost
/// does not grow with the page number. The query is compiled once, because EF Core takes longer to translate such an
/// expression than PostgreSQL takes to answer it. EF Core leaves a condition on a null parameter out of the SQL. Each
/// server has one instance, because a compiled query belongs to the server's model.
/// </summary>
public sealed class ListQuery<T>
    where T : Resource, IResource
{
    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        string?,
        string?,
        int,
        IAsyncEnumerable<PageRow<T>>
    > page;

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        string,
        int,
        Task<string?>
    > before;

    private readonly Func<ConversationsDbContext, string, string?, string?, string?, Task<bool>> hasParent;

    /// <param name="rows">
    /// The rows of all pages. The parameters are the members of <see cref="ResourcePath"/> in their order, then the
    /// value of the list's own filter, which is null when there is none.
    /// </param>
    /// <param name="parent">Whether the chat service or conversation in the path exists.</param>
    public ListQuery(
        Expression<Func<ConversationsDbContext, string, string?, string?, string?, string?, IQueryable<T>>> rows,
        Expression<Func<ConversationsDbContext, string, string?, string?, string?, bool>> parent
    )
    {
        Expression<Func<IQueryable<T>, string, int, IQueryable<string>>> sidsBefore = (all, start, count) =>
            all.Where(row => row.Sid.CompareTo(start) < 0)
                .OrderByDescending(row => row.Sid)
                .Take(count)
                .Select(row => row.Sid);
        Expression<Func<IQueryable<T>, string?, string?, int, IQueryable<PageRow<T>>>> rowsFrom = (
            all,
            start,
            end,
            count
        ) =>
            all.Where(row =>
                    (start == null || row.Sid.CompareTo(start) >= 0) && (end == null || row.Sid.CompareTo(end) < 0)
                )
                .OrderBy(row => row.Sid)
                .Take(count)
                .Select(row => new PageRow<T>(
                    row,
                    start == null ? null : sidsBefore.Invoke(all, start, count - 1).Min()
                ));

        Expression<
            Func<
                ConversationsDbContext,
                string,
                string?,
                string?,
                string?,
                string?,
                string?,
                string?,
                int,
                IQueryable<PageRow<T>>
            >
        > pageOf = (db, account, service, conversation, uniqueName, filter, start, end, count) =>
            rowsFrom.Invoke(rows.Invoke(db, account, service, conversation, uniqueName, filter), start, end, count);
        Expression<
            Func<ConversationsDbContext, string, string?, string?, string?, string?, string, int, string?>
        > beforeOf = (db, account, service, conversation, uniqueName, filter, start, count) =>
            sidsBefore.Invoke(rows.Invoke(db, account, service, conversation, uniqueName, filter), start, count).Min();
        Expression<Func<ConversationsDbContext, string, string?, string?, string?, bool>> hasParentOf = (
            db,
            account,
            service,
            conversation,
            uniqueName
        ) => parent.Invoke(db, account, service, conversation, uniqueName);

        // EF Core names the SQL parameters after those of the lambda, so these are never discards.
        page = EF.CompileAsyncQuery(pageOf.Expand());
        before = EF.CompileAsyncQuery(beforeOf.Expand());
        hasParent = EF.CompileAsyncQuery(hasParentOf.Expand());
    }

    /// <param name="at">The list's parent.</param>
    /// <param name="filter">The value of the list's own filter. Null means all rows.</param>
    /// <param name="start">
    /// The SID where the page begins, whether its row exists or not. Null means the first page.
    /// </param>
    /// <param name="end">The SID before which the page ends, whether its row exists or not. Null means no end.</param>
    /// <param name="size">
    /// The number of rows in a page. Long rows end it earlier, see <see cref="PageText{T}"/>.
    /// </param>
    /// <returns>The page; null when the list's parent does not exist.</returns>
    public async Task<Slice<T>?> ReadAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string? filter,
        string? start,
        string? end,
        int size,
        CancellationToken cancellationToken
    )
    {
        var (account, service, conversation, uniqueName) = at;
        List<T> rows = [];
        PageText<T> text = new();
        string? previous = null;

        // The query returns one row more than the page has: the first row of the next page.
        await foreach (
            var row in page(db, account, service, conversation, uniqueName, filter, start, end, size + 1)
                .WithCancellation(cancellationToken)
        )
        {
            if (rows.Count == size || text.IsFull)
            {
                return new(rows, previous, Next: row.Row.Sid);
            }

            rows.Add(row.Row);
            text.Add(row.Row);
            previous = row.Previous;
        }

        if (rows is not [])
        {
            return new(rows, previous, Next: end);
        }

        // Only after an empty page is it unknown whether the parent exists. Between two statements a conversation may
        // get the requested UniqueName, and rows. One snapshot rules that out.
        if (uniqueName is not null && !db.IsInSnapshot)
        {
            return await db.InSnapshotAsync(
                () => ReadAsync(db, at, filter, start, end, size, cancellationToken),
                cancellationToken
            );
        }

        return await hasParent(db, account, service, conversation, uniqueName)
            ? new(
                [],
                start is null
                    ? null
                    : await before(db, account, service, conversation, uniqueName, filter, start, size),
                end
            )
            : null;
    }
}

/// <summary>A row of a page.</summary>
/// <param name="Previous">The SID of the previous page's first row; null on the first page.</param>
public sealed record PageRow<T>(T Row, string? Previous);

/// <summary>One page of rows.</summary>
/// <param name="Previous">The key of the previous page's first row; null on the first page.</param>
/// <param name="Next">The key of the next page's first row; null on the last page.</param>
public sealed record Slice<T>(IReadOnlyList<T> Rows, string? Previous, string? Next);
