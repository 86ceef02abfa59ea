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
    /// Sets a column that a request names. It is written even when the check read the same value, because another
    /// request may have changed it since then.
    /// </summary>
    /// <param name="given">The parameter as it was sent; null leaves the column as it is.</param>
    /// <param name="value">The new value of the column.</param>
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

    /// <summary>
    /// Sets the date of the update. It does not go back: it is not earlier than the one that the check read, and
    /// <see cref="DateCondition"/> compares it with the stored one.
    /// </summary>
    /// <param name="now">When the request is processed.</param>
    /// <param name="value">The same, or the date that the request names, which is stored unchanged.</param>
    public static void Write<TRow>(
        this EntityEntry<TRow> row,
        Expression<Func<TRow, DateTime>> column,
        DateTime now,
        DateTime value
    )
        where TRow : Resource
    {
        var property = row.Property(column);
        var isGiven = value != now;
        property.CurrentValue = isGiven || value > property.CurrentValue ? value : property.CurrentValue;
        if (row.State is EntityState.Unchanged or EntityState.Modified)
        {
            property.OriginalValue = isGiven ? DateCondition.AnyDate : property.CurrentValue;
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
        SqlValues values = new();
        var sql = db.InsertSql(row, values);
        if (condition(values) is { } where)
        {
            sql += $" WHERE {where}";
        }

        WriteConflictException.ThrowIf(await db.Database.ExecuteSqlRawAsync(sql, values.All, cancellationToken) == 0);
    }

    /// <summary>
    /// The INSERT of one row: INSERT INTO … (…) SELECT …, which a FROM or a WHERE can follow. The model names the
    /// columns.
    /// </summary>
    /// <param name="values">Gets the values of the columns.</param>
    /// <param name="instead">SQL expressions in place of the values of some columns.</param>
    public static string InsertSql<TRow>(
        this ConversationsDbContext db,
        TRow row,
        SqlValues values,
        params (string Column, string Expression)[] instead
    )
        where TRow : class
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        var type = db.Model.FindEntityType(typeof(TRow))!;
        var table = type.GetTableName();
        List<string> columns = [];
        List<string> expressions = [];
        foreach (var property in type.GetProperties())
        {
            var column = property.GetColumnName();
            columns.Add(column);
            expressions.Add(
                Array.Find(instead, other => other.Column == column).Expression
                    ?? values.Add(ParameterOf(property, $"@{table}_{column}"))
            );
        }

        return $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", expressions)}";

        DbParameter ParameterOf(IProperty p, string name) =>
            p.GetRelationalTypeMapping().CreateParameter(command, name, p.GetGetter().GetClrValue(row), p.IsNullable);
    }
}
