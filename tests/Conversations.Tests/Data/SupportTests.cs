namespace Conversations.Tests.Data;

public sealed class SupportTests
{
    /// <summary>Skipped where there is no PostgreSQL: then all other tests ran on SQLite alone. Under CI=true that is a failure.</summary>
    [NeedsPostgres]
    public void Tests_run_on_PostgreSQL_too() => Assert.Null(PostgresServer.Unavailable);
}
