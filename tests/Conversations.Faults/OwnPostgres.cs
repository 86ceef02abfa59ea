using Npgsql;

namespace Conversations.Faults;

/// <summary>
/// One PostgreSQL for the tests of this project. Each test has its own database and nothing else of it, because other
/// tests run at the same time. A test that ends or reconfigures a PostgreSQL starts its own.
/// </summary>
internal static class OwnPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(() => PostgresServer.StartOwnAsync());

    /// <summary>The connection string of a database that does not exist yet. The first server creates it.</summary>
    public static async Task<string> NewDatabaseAsync() => (await Started.Value).NewDatabase();

    /// <summary>The same on another PostgreSQL.</summary>
    public static string NewDatabase(this PostgresServer postgres) =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString)
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        }.ConnectionString;
}
