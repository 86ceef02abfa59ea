using System.Linq.Expressions;

namespace Conversations.Api.Data;

/// <summary>
/// The order of a list by a key, in the parts that <see cref="ListQuery{T, TKey}"/> splices. The type of the key can be
/// null: a null start means the first page.
/// </summary>
public sealed record ListOrder<T, TKey>
{
    public required Expression<Func<T, TKey>> Key { get; init; }

    /// <summary>Whether a key is null.</summary>
    public required Expression<Func<TKey, bool>> IsNull { get; init; }

    /// <summary>Whether the row is at the start or after it; true for every row when the start is null.</summary>
    public required Expression<Func<T, TKey, bool>> IsFrom { get; init; }

    public required Expression<Func<T, TKey, bool>> IsBefore { get; init; }

    public required Expression<Func<IQueryable<T>, IQueryable<T>>> Sort { get; init; }

    public required Expression<Func<IQueryable<T>, IQueryable<T>>> SortBackwards { get; init; }

    /// <summary>The first one of several keys in this order; null when there is none.</summary>
    public required Expression<Func<IQueryable<TKey>, TKey?>> First { get; init; }
}

/// <summary>The order that most lists have.</summary>
public static class ListOrder
{
    /// <summary>The order of creation.</summary>
    public static ListOrder<T, string?> BySid<T>()
        where T : Resource =>
        new()
        {
            Key = row => row.Sid,
            IsNull = key => key == null,
            IsFrom = (row, start) => start == null || row.Sid.CompareTo(start) >= 0,
            IsBefore = (row, start) => row.Sid.CompareTo(start) < 0,
            Sort = rows => rows.OrderBy(row => row.Sid),
            SortBackwards = rows => rows.OrderByDescending(row => row.Sid),
            First = sids => sids.Min(),
        };
}
