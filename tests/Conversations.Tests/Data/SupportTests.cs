namespace Conversations.Tests.Data;

public sealed class SupportTests
{
    /// <summary>
    /// Skipped without PostgreSQL, when all other tests ran on SQLite only. With CI=true it fails instead.
    /// </summary>
    [NeedsPostgres]
    public void Tests_run_on_PostgreSQL_too() => Assert.Null(PostgresServer.Unavailable);
}
