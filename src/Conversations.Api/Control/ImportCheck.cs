using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// Checks what the database would reject, so that the error names the line: missing columns, rows without a parent, and
/// two rows with one key. The model has all these rules.
/// </summary>
internal static class ImportCheck
{
    /// <exception cref="ControlException">400: a rule is broken. The message names the line.</exception>
    public static void Check(IReadOnlyList<ImportedRow> rows)
    {
        foreach (var row in rows)
        {
            foreach (var column in row.Type.GetProperties().Where(column => !column.IsNullable && row[column] is null))
            {
                throw row.Place.Wrong($"{row.Table} needs {column.GetColumnName()}");
            }
        }

        foreach (var table in rows.GroupBy(row => row.Type))
        {
            CheckUnique(table, table.Key.FindPrimaryKey()!.Properties);
            foreach (var index in table.Key.GetIndexes().Where(index => index.IsUnique))
            {
                CheckUnique(table, index.Properties);
            }

            foreach (var key in table.Key.GetForeignKeys())
            {
                CheckParents(table, key, rows);
            }
        }
    }

    private static void CheckUnique(IEnumerable<ImportedRow> rows, IReadOnlyList<IProperty> columns)
    {
        Dictionary<string, ImportedRow> seen = [];
        foreach (var row in rows.Where(row => columns.All(column => row[column] is not null)))
        {
            if (!seen.TryAdd(string.Join('\n', columns.Select(column => row[column])), row))
            {
                var names = string.Join(", ", columns.Select(column => column.GetColumnName()));
                throw row.Place.Wrong($"{row.Table} has two rows with the same {names}");
            }
        }
    }

    private static void CheckParents(IEnumerable<ImportedRow> rows, IForeignKey key, IReadOnlyList<ImportedRow> all)
    {
        var (child, parent) = (key.Properties[0], key.PrincipalKey.Properties[0]);
        var parents = all.Where(row => row.Type == key.PrincipalEntityType).Select(row => row[parent]).ToHashSet();
        foreach (var row in rows.Where(row => row[child] is { } value && !parents.Contains(value)))
        {
            throw row.Place.Wrong($"{child.GetColumnName()} names no row of {key.PrincipalEntityType.GetTableName()}");
        }
    }
}
