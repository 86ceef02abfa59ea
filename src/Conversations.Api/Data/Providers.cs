using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Conversations.Api.Data;

/// <summary>PostgreSQL, the database for production.</summary>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : ConversationsDbContext(options)
{
    public override string LockForShare(string tables) => $" FOR SHARE OF {tables}";

    protected override IsolationLevel SnapshotIsolation => IsolationLevel.RepeatableRead;

    // SIDs sort by byte, as in SQLite, independently of the cluster's locale.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}

/// <summary>SQLite, the embedded default: a file without a database server.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : ConversationsDbContext(options)
{
    // SQLite has one writer at a time, and the others poll. A semaphore in the process is fair and much faster.
    private static readonly SemaphoreSlim Writer = new(1);

    // A transaction that writes has the whole database to itself.
    public override string LockForShare(string tables) => "";

    // The driver begins a transaction without a write lock at this level. SQLite always gives a transaction one
    // snapshot.
    protected override IsolationLevel SnapshotIsolation => IsolationLevel.ReadUncommitted;

    protected override async Task<IDisposable?> AcquireWriteLockAsync(CancellationToken cancellationToken)
    {
        await Writer.WaitAsync(cancellationToken);
        return new WriteLock();
    }

    private sealed class WriteLock : IDisposable
    {
        public void Dispose() => Writer.Release();
    }
}

/// <summary>Creates the contexts for <c>dotnet ef</c>, which generates migrations without a connection.</summary>
public sealed class DesignTimeFactories
    : IDesignTimeDbContextFactory<PostgresDbContext>,
        IDesignTimeDbContextFactory<SqliteDbContext>
{
    PostgresDbContext IDesignTimeDbContextFactory<PostgresDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresDbContext>().UseNpgsql().Options);

    SqliteDbContext IDesignTimeDbContextFactory<SqliteDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteDbContext>().UseSqlite().Options);
}
