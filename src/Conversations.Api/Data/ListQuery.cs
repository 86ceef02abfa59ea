using System.Globalization;
using System.Linq.Expressions;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Data;

/// <summary>The list of the rows of one type in the order of their SIDs.</summary>
/// <inheritdoc/>
public sealed class ListQuery<T>(
    Expression<Func<ConversationsDbContext, string, string?, string?, string?, string?, IQueryable<T>>> rows,
    Expression<Func<ConversationsDbContext, string, string?, string?, string?, bool>> parent
) : ListQuery<T, string?>(rows, parent, ListOrder.BySid<T>())
    where T : Resource, IResource;

/// <summary>
/// The query of a list: keyset paging over the key of its order, which is unique in the list. A page takes one
/// statement, whose cost does not grow with the page number. The query is compiled once, because EF Core takes longer
/// to translate such an expression than PostgreSQL takes to answer it. EF Core leaves a condition on a null parameter
/// out of the SQL. Each server has one instance, because a compiled query belongs to the server's model.
/// The type of the key can be null: a null start means the first page.
/// </summary>
public class ListQuery<T, TKey>
    where T : Resource
{
    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        TKey,
        TKey?,
        int,
        IAsyncEnumerable<PageRow<T, TKey>>
    > page;

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        TKey,
        int,
        Task<TKey?>
    > before;

    private readonly Func<ConversationsDbContext, string, string?, string?, string?, Task<bool>> hasParent;

    private readonly Func<T, TKey> keyOf;

    /// <param name="rows">
    /// The rows of all pages. The parameters are the members of <see cref="ResourcePath"/> in their order, then the
    /// value of the list's own filter, which is null when there is none.
    /// </param>
    /// <param name="parent">Whether the chat service or conversation in the path exists.</param>
    public ListQuery(
        Expression<Func<ConversationsDbContext, string, string?, string?, string?, string?, IQueryable<T>>> rows,
        Expression<Func<ConversationsDbContext, string, string?, string?, string?, bool>> parent,
        ListOrder<T, TKey> order
    )
    {
        var (key, isNull, isFrom, isBefore) = (order.Key, order.IsNull, order.IsFrom, order.IsBefore);
        var (sort, sortBackwards, first) = (order.Sort, order.SortBackwards, order.First);
        Expression<Func<IQueryable<T>, TKey, int, TKey?>> previousOf = (all, start, count) =>
            first.Invoke(
                sortBackwards
                    .Invoke(all.Where(row => isBefore.Invoke(row, start)))
                    .Take(count)
                    .Select(row => key.Invoke(row))
            );
        Expression<Func<IQueryable<T>, TKey, TKey?, int, IQueryable<PageRow<T, TKey>>>> rowsFrom = (
            all,
            start,
            end,
            count
        ) =>
            sort.Invoke(
                    all.Where(row => isFrom.Invoke(row, start) && (isNull.Invoke(end!) || isBefore.Invoke(row, end!)))
                )
                .Take(count)
                .Select(row => new PageRow<T, TKey>(
                    row,
                    isNull.Invoke(start) ? default : previousOf.Invoke(all, start, count - 1)
                ));

        Expression<
            Func<
                ConversationsDbContext,
                string,
                string?,
                string?,
                string?,
                string?,
                TKey,
                TKey?,
                int,
                IQueryable<PageRow<T, TKey>>
            >
        > pageOf = (db, account, service, conversation, uniqueName, filter, start, end, count) =>
            rowsFrom.Invoke(rows.Invoke(db, account, service, conversation, uniqueName, filter), start, end, count);
        Expression<
            Func<ConversationsDbContext, string, string?, string?, string?, string?, TKey, int, TKey?>
        > beforeOf = (db, account, service, conversation, uniqueName, filter, start, count) =>
            previousOf.Invoke(rows.Invoke(db, account, service, conversation, uniqueName, filter), start, count);
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
        keyOf = key.Compile();
    }

    /// <param name="at">The list's parent.</param>
    /// <param name="filter">The value of the list's own filter. Null means all rows.</param>
    /// <param name="start">
    /// The key where the page begins, whether its row exists or not. Null means the first page.
    /// </param>
    /// <param name="end">The key before which the page ends, whether its row exists or not. Null means no end.</param>
    /// <param name="size">
    /// The number of rows in a page. Long rows end it earlier, see <see cref="PageText{T}"/>.
    /// </param>
    /// <returns>The page; null when the list's parent does not exist.</returns>
    public async Task<Slice<T>?> ReadAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string? filter,
        TKey start,
        TKey? end,
        int size,
        CancellationToken cancellationToken
    )
    {
        var (account, service, conversation, uniqueName) = at;
        List<T> rows = [];
        PageText<T> text = new();
        TKey? previous = default;

        // The query returns one row more than the page has: the first row of the next page.
        await foreach (
            var row in page(db, account, service, conversation, uniqueName, filter, start, end, size + 1)
                .WithCancellation(cancellationToken)
        )
        {
            if (rows.Count == size || text.IsFull)
            {
                return new(rows, TextOf(previous), TextOf(keyOf(row.Row)));
            }

            rows.Add(row.Row);
            text.Add(row.Row);
            previous = row.Previous;
        }

        if (rows is not [])
        {
            return new(rows, TextOf(previous), TextOf(end));
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
                    : TextOf(await before(db, account, service, conversation, uniqueName, filter, start, size)),
                TextOf(end)
            )
            : null;
    }

    private static string? TextOf(TKey? key) =>
        key is null ? null : Convert.ToString(key, CultureInfo.InvariantCulture);
}

/// <summary>A row of a page.</summary>
/// <param name="Previous">The key of the previous page's first row; null on the first page.</param>
public sealed record PageRow<T, TKey>(T Row, TKey? Previous);

/// <summary>One page of rows.</summary>
/// <param name="Previous">The key of the previous page's first row; null on the first page.</param>
/// <param name="Next">The key of the next page's first row; null on the last page.</param>
public sealed record Slice<T>(IReadOnlyList<T> Rows, string? Previous, string? Next);
