using System.Globalization;
using System.Linq.Expressions;
using LinqKit;

namespace Conversations.Api.Data;

/// <summary>The list of the rows of one type in the order of their SIDs.</summary>
/// <inheritdoc/>
public sealed class ListQuery<T> : ListQuery<T, string?>
    where T : Resource, IResource
{
    public ListQuery(
        Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> rows,
        Expression<Func<ConversationsDbContext, ResourcePath, bool>> parent
    )
        : base(rows, parent, ListOrder.BySid<T>()) { }

    /// <param name="rows">The rows of all pages.</param>
    /// <param name="parent">Whether the parent exists. It depends on the value of the filter too.</param>
    public ListQuery(
        Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> rows,
        Expression<Func<ConversationsDbContext, ResourcePath, string?, bool>> parent
    )
        : base(rows, parent, ListOrder.BySid<T>()) { }
}

/// <summary>
/// The query of a list: keyset paging over the key of its order, which is unique in the list. A page takes one
/// statement, whose cost does not grow with the page number. See <see cref="PathQuery"/>.
/// The type of the key can be null: a null start means the first page.
/// </summary>
public class ListQuery<T, TKey>
{
    private readonly DirectQuery<DirectRow<T, TKey?>> page;

    private readonly PathQuery<string?, TKey, int, TKey?> before;

    private readonly PathQuery<string?, bool> hasParent;

    private readonly Func<T, TKey> keyOf;

    /// <param name="rows">
    /// The rows of all pages. The last parameter is the value of the list's own filter, which is null when there is
    /// none.
    /// </param>
    /// <param name="parent">Whether the chat service or conversation in the path exists.</param>
    public ListQuery(
        Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> rows,
        Expression<Func<ConversationsDbContext, ResourcePath, bool>> parent,
        ListOrder<T, TKey> order
    )
        : this(rows, (db, at, _) => parent.Invoke(db, at), order) { }

    /// <param name="parent">The same. It depends on the value of the filter too.</param>
    /// <inheritdoc cref="ListQuery{T, TKey}(
    /// Expression{Func{ConversationsDbContext, ResourcePath, string?, IQueryable{T}}},
    /// Expression{Func{ConversationsDbContext, ResourcePath, bool}}, ListOrder{T, TKey})"/>
    public ListQuery(
        Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> rows,
        Expression<Func<ConversationsDbContext, ResourcePath, string?, bool>> parent,
        ListOrder<T, TKey> order
    )
    {
        var previousOf = PreviousOf(order);
        var rowsFrom = RowsFrom(order, previousOf);

        page = new(
            (ConversationsDbContext db, ResourcePath at, string? filter, TKey start, TKey? end, int count, int size) =>
                rowsFrom.Invoke(rows.Invoke(db, at, filter), start, end, count, size)
        );
        before = PathQuery.Compile(
            (ConversationsDbContext db, ResourcePath at, string? filter, TKey start, int count) =>
                previousOf.Invoke(rows.Invoke(db, at, filter), start, count)
        );
        hasParent = PathQuery.Compile(parent);
        keyOf = order.Key.Compile();
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
        List<T> rows = [];
        PageText<T> text = new();
        TKey? previous = default;

        // The query returns one row more than the page has: the first row of the next page.
        await foreach (
            var (row, keyBefore) in page.ReadAsync(db, at, [filter, start, end, size + 1, size], cancellationToken)
        )
        {
            if (rows.Count == size || text.IsFull)
            {
                return new(rows, TextOf(previous), TextOf(keyOf(row)));
            }

            rows.Add(row);
            text.Add(row);
            previous = keyBefore;
        }

        return rows is []
            ? await EmptyAsync(db, at, filter, start, end, size, cancellationToken)
            : new(rows, TextOf(previous), TextOf(end));
    }

    // Only after an empty page is it unknown whether the parent exists. Between two statements a conversation may get
    // the requested UniqueName, and rows. One snapshot rules that out.
    private async Task<Slice<T>?> EmptyAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string? filter,
        TKey start,
        TKey? end,
        int size,
        CancellationToken cancellationToken
    )
    {
        if (at.UniqueName is not null && !db.IsInSnapshot)
        {
            return await db.InSnapshotAsync(
                () => ReadAsync(db, at, filter, start, end, size, cancellationToken),
                cancellationToken
            );
        }

        if (!await hasParent(db, at, filter, cancellationToken))
        {
            return null;
        }

        var previous = start is null ? default : await before(db, at, filter, start, size, cancellationToken);
        return new([], TextOf(previous), TextOf(end));
    }

    private static Expression<Func<IQueryable<T>, TKey, int, TKey?>> PreviousOf(ListOrder<T, TKey> order)
    {
        var (key, isBefore) = (order.Key, order.IsBefore);
        var (sortBackwards, first) = (order.SortBackwards, order.First);
        return (all, start, count) =>
            first.Invoke(
                sortBackwards
                    .Invoke(all.Where(row => isBefore.Invoke(row, start)))
                    .Take(count)
                    .Select(row => key.Invoke(row))
            );
    }

    private static Expression<Func<IQueryable<T>, TKey, TKey?, int, int, IQueryable<DirectRow<T, TKey?>>>> RowsFrom(
        ListOrder<T, TKey> order,
        Expression<Func<IQueryable<T>, TKey, int, TKey?>> previousOf
    )
    {
        var (isNull, isFrom, isBefore, sort) = (order.IsNull, order.IsFrom, order.IsBefore, order.Sort);
        return (all, start, end, count, size) =>
            sort.Invoke(
                    all.Where(row => isFrom.Invoke(row, start) && (isNull.Invoke(end!) || isBefore.Invoke(row, end!)))
                )
                .Take(count)
                .Select(row => new DirectRow<T, TKey?>(
                    row,
                    isNull.Invoke(start) ? default : previousOf.Invoke(all, start, size)
                ));
    }

    private static string? TextOf(TKey? key) =>
        key is null ? null : Convert.ToString(key, CultureInfo.InvariantCulture);
}
