using Npgsql;

namespace Conversations.Faults;

/// <summary>One PostgreSQL for the tests of this project that do not reconfigure theirs; the database is each test's own.</summary>
internal static class OwnPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(() => PostgresServer.StartOwnAsync());

    /// <summary>It goes with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => Started.Value;

    /// <summary>Leads to a database that is not there yet: the first server makes it.</summary>
    public static string NewDatabase(this PostgresServer postgres) =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString)
        {
            Database = $"conversations_{Guid.NewGuid():N}",
        }.ConnectionString;
}
