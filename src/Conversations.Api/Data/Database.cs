using System.Data.Common;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>
/// Registers the configured database, migrates it at start, and classifies the exceptions of both drivers.
/// </summary>
public static class Database
{
    // The time of a migration grows with the number of rows, and another server may wait for it that long.
    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromHours(1);

    /// <param name="timeout">
    /// How long a request waits for the database, in seconds. A setting in the connection string wins.
    /// </param>
    public static IServiceCollection AddDatabase(
        this IServiceCollection services,
        IConfiguration configuration,
        int timeout
    )
    {
        services.AddSingleton<AccountClocks>().AddScoped<AccountClock>();
        services.AddHostedService<Purger>().AddSingleton<WorkSignal<Purger>>();
        if (configuration.GetConnectionString("Postgres") is { } configured)
        {
            var postgres = ConnectionStrings.Postgres(configured, timeout);
            services.AddSingleton(ConfiguredDatabase.Of(postgres));
            return services.AddDbContextPool<ConversationsDbContext, PostgresDbContext>(options =>
                options.UseNpgsql(postgres.ToString()).UseOurDefaults<PostgresUpdates>()
            );
        }

        var sqlite = ConnectionStrings.Sqlite(configuration.GetConnectionString("Sqlite"), timeout);
        services.AddSingleton(ConfiguredDatabase.Of(sqlite));
        if (SqliteName.Of(sqlite).IsInMemory)
        {
            services.AddSingleton(new InMemoryDatabase(sqlite));
            return services.AddDbContextPool<ConversationsDbContext, SqliteDbContext>(options =>
                options.UseSqlite(sqlite.ToString()).UseOurDefaults<SqliteUpdates>()
            );
        }

        services.AddSingleton(provider => new DatabaseFile(sqlite, provider.GetRequiredService<ConfiguredDatabase>()));
        return services.AddDbContextPool<ConversationsDbContext, SqliteDbContext>(
            (provider, options) =>
            {
                var file = provider.GetRequiredService<DatabaseFile>();
                options.UseSqlite(file.Existing.ToString()).AddInterceptors(file).UseOurDefaults<SqliteUpdates>();
            }
        );
    }

    /// <summary>Applies the pending migrations. Any number of servers may do so at the same time.</summary>
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
            host.Services.GetService<DatabaseFile>()?.Open();
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            db.Database.SetCommandTimeout(MigrationTimeout);
            await MigrateAsync(db, configured, cancellationToken);
            db.Database.SetCommandTimeout(null);
            await StartSidsAsync(db, cancellationToken);
            await fill(scope.ServiceProvider, cancellationToken);
        }
        catch (Exception exception) when (configured.Explain(exception) is { } sentence)
        {
            throw new ConfigurationException(sentence);
        }
    }

    /// <summary>
    /// Whether a write conflicts with another one: a unique index, a foreign key, a row that was changed or deleted
    /// after it was read, a deadlock, a row lock that could not be taken (<see cref="WriteConflictException"/>). A new
    /// check of the request finds the error, if there is one.
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
                // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY, _FOREIGNKEY
                or SqliteException { SqliteExtendedErrorCode: 2067 or 1555 or 787 };

    /// <summary>Whether the database is temporarily unavailable, so that the same request may succeed later.</summary>
    public static bool IsUnavailable(Exception exception) =>
        DbExceptionOf(exception) switch
        {
            PostgresException postgres => postgres.IsTransient
                || postgres.SqlState
                    is PostgresErrorCodes.ReadOnlySqlTransaction
                        or PostgresErrorCodes.InvalidCatalogName
                // Connection, authorisation, resources, operator intervention (including statement_timeout), system.
                || postgres.SqlState[..2] is "08" or "28" or "53" or "57" or "58",
            NpgsqlException => true, // No answer from the server: refused, broken or timed out.
            // Busy, locked, read-only, I/O error, full, can't open.
            SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 } => true,
            _ => exception is TimeoutException,
        };

    private static void UseOurDefaults<TUpdates>(this DbContextOptionsBuilder options)
        where TUpdates : IUpdateSqlGenerator =>
        options
            .ReplaceService<IUpdateSqlGenerator, TUpdates>()
            .EnableThreadSafetyChecks(false)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);

    private static async Task MigrateAsync(
        ConversationsDbContext db,
        ConfiguredDatabase configured,
        CancellationToken cancellationToken
    )
    {
        // EF holds a lock while it migrates. Two servers may still collide when they create the database or EF's
        // history table.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await MigrateOnceAsync(db, configured, cancellationToken);
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

    // EF's MigrateAsync builds the model and takes its lock even when no migration is pending.
    private static async Task MigrateOnceAsync(
        ConversationsDbContext db,
        ConfiguredDatabase configured,
        CancellationToken cancellationToken
    )
    {
        string[] known = [.. db.Database.GetMigrations()];
        string[] applied = [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken)];
        if (applied.Max(StringComparer.Ordinal) is { } last && string.CompareOrdinal(last, known[^1]) > 0)
        {
            throw new ConfigurationException(configured.NewerMessage(last));
        }

        var pending = known.Except(applied).Count();
        if (pending == 0)
        {
            return;
        }

        var isNew = pending == known.Length;
        if (isNew && await IsForeignFileAsync(db, cancellationToken))
        {
            throw new ConfigurationException(configured.ForeignFileMessage);
        }

        await BreakAbandonedLockAsync(db, cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    // A server whose clock was ahead may have stored SIDs with a future time. One statement reads the end of each
    // primary key.
    private static async Task StartSidsAsync(ConversationsDbContext db, CancellationToken cancellationToken)
    {
        var tables = db
            .Model.GetEntityTypes()
            .Where(type => type.ClrType.IsAssignableTo(typeof(IResource)))
            .Select(type => type.GetTableName());
        // The digits of a default chat service are those of its account.
        const string IsMade = "WHERE substr(sid, 3) NOT IN (SELECT substr(sid, 3) FROM accounts)";
        var sql = string.Join(
            " UNION ALL ",
            tables.Select(table => $"""SELECT max(sid) AS "Value" FROM {table} {IsMade}""")
        );
        var sids = await db.Database.SqlQueryRaw<string?>(sql).ToListAsync(cancellationToken);
        sids.OfType<string>().ToList().ForEach(Sids.StartAfter);
    }

    // A SQLite file belongs to one program. (Programs may share a PostgreSQL database. There the migration fails at a
    // table of the same name.)
    private static async Task<bool> IsForeignFileAsync(ConversationsDbContext db, CancellationToken cancellationToken)
    {
        // A server that is killed during its first migration may leave EF's tables behind.
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

    // EF's lock on SQLite is a row, and EF waits for it without a timeout. A process that is killed during a migration
    // leaves the row behind.
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
            // The lock may also belong to a migration that runs now. That takes less than ten seconds.
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }

        await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsLock", cancellationToken);
    }

    internal static DbException? DbExceptionOf(Exception? exception) =>
        exception as DbException ?? (exception is null ? null : DbExceptionOf(exception.InnerException));
}
