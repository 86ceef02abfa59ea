using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Conversations.Api.Data;

/// <summary>PostgreSQL, what production runs.</summary>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : ConversationsDbContext(options)
{
    protected override IsolationLevel SnapshotIsolation => IsolationLevel.RepeatableRead;

    // SIDs sort by byte here as in SQLite, whatever the cluster's locale.
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}

/// <summary>SQLite, the embedded default: a file, no server.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : ConversationsDbContext(options)
{
    // SQLite has one writer at a time and lets the others poll. Waiting in line in the process is fair and much faster.
    private static readonly SemaphoreSlim Writer = new(1);

    // The driver's word for a transaction that takes no lock for writing; SQLite itself shows each transaction one state.
    protected override IsolationLevel SnapshotIsolation => IsolationLevel.ReadUncommitted;

    protected override async Task<IDisposable?> WriterTurnAsync(CancellationToken cancellationToken)
    {
        await Writer.WaitAsync(cancellationToken);
        return new Turn();
    }

    private sealed class Turn : IDisposable
    {
        public void Dispose() => Writer.Release();
    }
}

/// <summary>How <c>dotnet ef</c> makes a context when it writes a migration; it opens no connection.</summary>
public sealed class DesignTimeFactories
    : IDesignTimeDbContextFactory<PostgresDbContext>,
        IDesignTimeDbContextFactory<SqliteDbContext>
{
    PostgresDbContext IDesignTimeDbContextFactory<PostgresDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresDbContext>().UseNpgsql().Options);

    SqliteDbContext IDesignTimeDbContextFactory<SqliteDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteDbContext>().UseSqlite().Options);
}
