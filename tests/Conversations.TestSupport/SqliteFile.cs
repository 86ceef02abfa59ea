using Microsoft.Data.Sqlite;

namespace Conversations.TestSupport;

/// <summary>A SQLite file, for a test that prepares it without a server.</summary>
public static class SqliteFile
{
    /// <summary>Runs one statement, on a connection that is closed afterwards.</summary>
    public static async Task ExecuteAsync(string file, string sql)
    {
        await using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
