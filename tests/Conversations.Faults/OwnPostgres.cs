using Npgsql;

namespace Conversations.Faults;

/// <summary>
/// One PostgreSQL for the tests of this project that do not reconfigure theirs. Each test has its own database.
/// </summary>
internal static class OwnPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(() => PostgresServer.StartOwnAsync());

    /// <summary>The server ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => Started.Value;

    /// <summary>The connection string of a database that does not exist yet. The first server creates it.</summary>
    public static string NewDatabase(this PostgresServer postgres) =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString)
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        }.ConnectionString;
}
