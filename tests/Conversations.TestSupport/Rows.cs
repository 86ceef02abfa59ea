using System.Data.Common;
using System.Globalization;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>The contents of all tables, read without the model.</summary>
public static class Rows
{
    /// <summary>
    /// The rows with that text in any column, each as "table: column=value, …", in a fixed order. The SID of an account
    /// finds all its rows.
    /// </summary>
    public static async Task<IReadOnlyList<string>> WithAsync(TestServer server, string text)
    {
        var rows = await FindAsync(server, text);
        return
        [
            .. rows.Select(row =>
                    $"{row.Table}: {string.Join(", ", row.Columns.Select(column => $"{column.Name}={column.Value}"))}"
                )
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The columns with that text in any row, each as table.column, in a fixed order.</summary>
    public static async Task<IReadOnlyList<string>> ColumnsWithAsync(TestServer server, string text) =>
        [
            .. (await FindAsync(server, text))
                .SelectMany(row =>
                    row.Columns.Where(column => column.Value.Contains(text, StringComparison.Ordinal))
                        .Select(column => $"{row.Table}.{column.Name}")
                )
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private static async Task<List<(string Table, (string Name, string Value)[] Columns)>> FindAsync(
        TestServer server,
        string text
    )
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await db.Database.OpenConnectionAsync();
        var connection = db.Database.GetDbConnection();
        var tables = await ReadAsync(
            connection,
            db.Database.IsNpgsql()
                ? "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                : "SELECT name FROM sqlite_master WHERE type = 'table'"
        );
        List<(string, (string Name, string Value)[])> rows = [];
        foreach (var table in tables.Select(row => row[0].Value))
        {
            rows.AddRange(
                (await ReadAsync(connection, $"SELECT * FROM \"{table}\""))
                    .Where(row => Array.Exists(row, column => column.Value.Contains(text, StringComparison.Ordinal)))
                    .Select(row => (table, row))
            );
        }

        return rows;
    }

    private static async Task<List<(string Name, string Value)[]>> ReadAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<(string, string)[]> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add([
                .. Enumerable
                    .Range(0, reader.FieldCount)
                    .Select(i =>
                        (reader.GetName(i), Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "")
                    ),
            ]);
        }

        return rows;
    }
}
