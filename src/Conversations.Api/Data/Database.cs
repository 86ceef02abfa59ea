using System.Data.Common;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>All that differs between PostgreSQL and SQLite, and the making of either at start.</summary>
public static class Database
{
    // A migration takes as long as there are rows, and a server that waits for another one's migration no less.
    private static readonly TimeSpan LongestMigration = TimeSpan.FromHours(1);

    /// <param name="timeout">How long a request waits for the database, in seconds; a setting in the connection string wins.</param>
    public static IServiceCollection AddDatabase(
        this IServiceCollection services,
        IConfiguration configuration,
        int timeout
    )
    {
        if (configuration.GetConnectionString("Postgres") is { } given)
        {
            var postgres = ConnectionStrings.Postgres(given, timeout);
            services.AddSingleton(ConfiguredDatabase.Of(postgres));
            return services.AddDbContextPool<ConversationsDbContext, PostgresDbContext>(options =>
                options
                    .UseNpgsql(postgres.ToString())
                    .EnableThreadSafetyChecks(false)
                    .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            );
        }

        var sqlite = ConnectionStrings.Sqlite(configuration.GetConnectionString("Sqlite"), timeout);
        services.AddSingleton(ConfiguredDatabase.Of(sqlite));
        if (ConfiguredDatabase.IsInMemory(sqlite))
        {
            services.AddSingleton(new InMemoryDatabase(sqlite));
        }

        return services.AddDbContextPool<ConversationsDbContext, SqliteDbContext>(options =>
            options
                .UseSqlite(sqlite.ToString())
                .EnableThreadSafetyChecks(false)
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        );
    }

    /// <summary>Brings the schema up to date. Any number of servers may do so at once.</summary>
    /// <param name="fill">Adds the rows that a server needs from the start.</param>
    /// <exception cref="ConfigurationException">The database can't be used.</exception>
    public static async Task MigrateAsync(
        this IHost host,
        Func<IServiceProvider, CancellationToken, Task> fill,
        CancellationToken cancellationToken = default
    )
    {
        var configured = host.Services.GetRequiredService<ConfiguredDatabase>();
        try
        {
            host.Services.GetService<InMemoryDatabase>()?.Open();
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            db.Database.SetCommandTimeout(LongestMigration);
            await MigrateAsync(db, configured, cancellationToken);
            db.Database.SetCommandTimeout(null);
            await fill(scope.ServiceProvider, cancellationToken);
        }
        catch (Exception exception) when (configured.Explain(exception) is { } sentence)
        {
            throw new ConfigurationException(sentence);
        }
    }

    /// <summary>
    /// Whether a write met another one: a unique index, a foreign key, a row that changed or went since it was read, a deadlock, a row
    /// lock that could not be taken (<see cref="WriteConflictException"/>). Checking the request again names the error, if there is one.
    /// </summary>
    public static bool IsConflict(Exception exception) =>
        exception is DbUpdateConcurrencyException or WriteConflictException
        || DbExceptionOf(exception)
            is PostgresException
                {
                    SqlState: PostgresErrorCodes.UniqueViolation
                        or PostgresErrorCodes.ForeignKeyViolation
                        or PostgresErrorCodes.SerializationFailure
                        or PostgresErrorCodes.DeadlockDetected
                }
                or SqliteException { SqliteExtendedErrorCode: 2067 or 1555 or 787 }; // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY, _FOREIGNKEY

    /// <summary>Whether the database can't be reached or can't work now, so that the same request may succeed later.</summary>
    public static bool IsUnavailable(Exception exception) =>
        DbExceptionOf(exception) switch
        {
            PostgresException postgres => postgres.IsTransient
                || postgres.SqlState
                    is PostgresErrorCodes.ReadOnlySqlTransaction
                        or PostgresErrorCodes.InvalidCatalogName
                || postgres.SqlState[..2] is "08" or "28" or "53" or "57" or "58", // Connection, authorisation, resources, an operator's intervention (statement_timeout, too), system.
            NpgsqlException => true, // No answer from the server: refused, broken or timed out.
            SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 } => true, // busy, locked, read-only, I/O error, full, can't open
            _ => exception is TimeoutException,
        };

    private static async Task MigrateAsync(
        ConversationsDbContext db,
        ConfiguredDatabase configured,
        CancellationToken cancellationToken
    )
    {
        // EF holds a lock while it migrates, but two servers may still meet in creating the database or EF's own history
        // table.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Asked first: MigrateAsync builds the model anew and takes its lock even where there is nothing to do.
                var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
                if (pending > 0)
                {
                    var isNew = pending == db.Database.GetMigrations().Count();
                    if (isNew && await IsOfAnotherProgramAsync(db, cancellationToken))
                    {
                        throw new ConfigurationException(configured.OfAnotherProgram);
                    }

                    await BreakAbandonedLockAsync(db, cancellationToken);
                    await db.Database.MigrateAsync(cancellationToken);
                }

                return;
            }
            catch (PostgresException exception)
                when (attempt < 10
                    && exception.SqlState
                        is PostgresErrorCodes.DuplicateDatabase
                            or PostgresErrorCodes.DuplicateTable
                            or PostgresErrorCodes.UniqueViolation
                            or PostgresErrorCodes.ObjectInUse
                )
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    // A SQLite file has one owner. (A PostgreSQL database may be shared: there, the migration finds a table of the same name.)
    private static async Task<bool> IsOfAnotherProgramAsync(
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        // A server that was killed while it migrated may leave EF's own tables.
        const string OtherTables = """
            SELECT count(*) AS Value FROM sqlite_master
            WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 4) <> '__EF'
            """;
        return db is SqliteDbContext
            && await db.Database.CanConnectAsync(cancellationToken)
            && (
                (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Any()
                || await db.Database.SqlQueryRaw<int>(OtherTables).SingleAsync(cancellationToken) > 0
            );
    }

    // EF's lock on SQLite is a row, and EF waits for it without end. A process that is killed while it migrates leaves it behind.
    private static async Task BreakAbandonedLockAsync(ConversationsDbContext db, CancellationToken cancellationToken)
    {
        if (
            db is not SqliteDbContext
            || !await db.Database.CanConnectAsync(cancellationToken)
            || await db
                .Database.SqlQueryRaw<int>(
                    "SELECT count(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'"
                )
                .SingleAsync(cancellationToken) == 0
        )
        {
            return;
        }

        var locks = db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM __EFMigrationsLock");
        for (var tries = 0; tries < 50 && await locks.SingleAsync(cancellationToken) > 0; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken); // Or it migrates now: that takes no ten seconds.
        }

        await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsLock", cancellationToken);
    }

    internal static DbException? DbExceptionOf(Exception? exception) =>
        exception as DbException ?? (exception is null ? null : DbExceptionOf(exception.InnerException));
}

/// <summary>
/// A SQLite database in memory that all connections of this process share, under a name of its own. It lives as long as one
/// connection to it is open: this one.
/// </summary>
public sealed class InMemoryDatabase : IDisposable
{
    private readonly SqliteConnection connection;

    public InMemoryDatabase(SqliteConnectionStringBuilder settings)
    {
        // SQLite's memdb file system: between connections it locks as a file does, which its shared cache does not.
        settings.DataSource = $"file:/{Guid.NewGuid():N}?vfs=memdb";
        settings.Mode = SqliteOpenMode.ReadWriteCreate;
        connection = new(settings.ToString());
    }

    public void Open() => connection.Open();

    public void Dispose() => connection.Dispose();
}
