using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Faults;

/// <summary>Waits for what the workers of servers do.</summary>
internal static class Waiting
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(4);

    /// <summary>Waits until every delivery has its outcome.</summary>
    public static Task UntilDeliveredAsync(Store store, string connectionString) =>
        UntilNoneAsync(store, connectionString, "receipts WHERE next_step IS NOT NULL");

    /// <param name="rows">A table and a condition.</param>
    public static async Task UntilNoneAsync(Store store, string connectionString, string rows)
    {
        await using DbConnection connection =
            store == Store.Postgres
                ? new NpgsqlConnection(connectionString)
                : new SqliteConnection($"{connectionString};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {rows}";
        for (var started = Stopwatch.GetTimestamp(); await command.ExecuteScalarAsync() is > 0L; await Task.Delay(50))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < MaxWait, $"There are still {rows}.");
        }
    }
}
