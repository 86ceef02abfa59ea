using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Data;

/// <summary>How a request writes a row that its check has read or made.</summary>
public static class RowWrites
{
    /// <summary>
    /// Sets a column that a request gives. It is written even when the check read the same value, because another
    /// request may have changed it since.
    /// </summary>
    /// <param name="given">The parameter as it was sent; null leaves the column as it is.</param>
    /// <param name="value">What the column gets.</param>
    public static void Write<TRow, TValue>(
        this EntityEntry<TRow> row,
        Expression<Func<TRow, TValue>> column,
        object? given,
        TValue value
    )
        where TRow : class
    {
        if (given is null)
        {
            return;
        }

        var property = row.Property(column);
        property.CurrentValue = value;
        if (row.State is EntityState.Unchanged or EntityState.Modified)
        {
            property.IsModified = true;
        }
    }

    /// <summary>Inserts one row if a condition holds, in one statement.</summary>
    /// <param name="condition">
    /// Returns the condition in SQL, or null for none. Its parameter takes the values.
    /// </param>
    /// <exception cref="WriteConflictException">The condition does not hold.</exception>
    public static async Task InsertAsync<TRow>(
        this ConversationsDbContext db,
        TRow row,
        Func<SqlValues, string?> condition,
        CancellationToken cancellationToken
    )
        where TRow : class
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        SqlValues values = new();
        var type = db.Model.FindEntityType(typeof(TRow))!;
        var columns = type.GetProperties().ToDictionary(p => p.GetColumnName(), p => values.Add(ParameterOf(p)));
        var sql =
            $"INSERT INTO {type.GetTableName()} ({string.Join(", ", columns.Keys)}) "
            + $"SELECT {string.Join(", ", columns.Values)}";
        if (condition(values) is { } where)
        {
            sql += $" WHERE {where}";
        }

        WriteConflictException.ThrowIf(await db.Database.ExecuteSqlRawAsync(sql, values.All, cancellationToken) == 0);

        DbParameter ParameterOf(IProperty p) =>
            p.GetRelationalTypeMapping()
                .CreateParameter(command, $"@{p.GetColumnName()}", p.GetGetter().GetClrValue(row), p.IsNullable);
    }
}
