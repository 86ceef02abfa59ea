using Npgsql;

namespace Conversations.Tests.ConversationWithParticipants;

/// <summary>New databases, for tests with servers of their own.</summary>
internal static class OwnDatabase
{
    private static readonly Lazy<Task<PostgresServer>> Postgres = new(PostgresServer.StartAsync);

    private static int made;

    /// <summary>The setting that names a new database.</summary>
    public static async Task<(string Key, string Value)> NewAsync(Store store)
    {
        if (store == Store.Sqlite)
        {
            var folder = Directory.CreateTempSubdirectory("conversations-setups-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            return ("ConnectionStrings:Sqlite", $"Data Source={System.IO.Path.Combine(folder, "conversations.db")}");
        }

        var name = $"setups{Interlocked.Increment(ref made)}";
        NpgsqlConnectionStringBuilder settings = new((await Postgres.Value).ConnectionString);
        await using NpgsqlConnection connection = new(settings.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        settings.Database = name;
        return ("ConnectionStrings:Postgres", settings.ConnectionString);
    }
}
