using System.Data.Common;
using System.Globalization;
using Conversations.Api.Accounts;
using Conversations.Api.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>All that differs between PostgreSQL and SQLite, and the making of either at start.</summary>
public static class Database
{
    private const string MemoryFile = ":memory:";

    public static IServiceCollection AddDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        var patience = LimitOptions.Of(configuration).DatabaseSeconds;
        if (configuration.GetConnectionString("Postgres") is { Length: > 0 } postgres)
        {
            var connectionString = Read("Postgres", () => Completed(postgres, patience)).ToString();
            return services.AddDbContextPool<ConversationsDbContext, PostgresDbContext>(options => options
                .UseNpgsql(connectionString)
                .EnableThreadSafetyChecks(false)
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        }

        var sqlite = Read("Sqlite", () => new SqliteConnectionStringBuilder(configuration.GetConnectionString("Sqlite") is { Length: > 0 } file ? file : "Data Source=conversations.db"));
        sqlite.DefaultTimeout = sqlite.ShouldSerialize("Default Timeout") ? sqlite.DefaultTimeout : patience;
        if (sqlite.DataSource == MemoryFile || sqlite.Mode == SqliteOpenMode.Memory)
        {
            services.AddSingleton(new ThrowAwayDatabase(sqlite));
        }

        return services.AddDbContextPool<ConversationsDbContext, SqliteDbContext>(options => options
            .UseSqlite(sqlite.ToString())
            .EnableThreadSafetyChecks(false)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
    }

    /// <summary>Brings the schema up to date and gives every configured account its defaults. Any number of servers may do so at once.</summary>
    public static async Task MigrateAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        host.Services.GetService<ThrowAwayDatabase>()?.Open();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();

        // A migration takes as long as there are rows, and a server that waits for another one's migration no less.
        db.Database.SetCommandTimeout(TimeSpan.FromHours(1));

        // EF holds a lock while it migrates, but two servers may still meet in creating the database or EF's own history table.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Asked first: MigrateAsync builds the model anew and takes its lock even where there is nothing to do.
                if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
                {
                    await BreakAbandonedLockAsync(db, cancellationToken);
                    await db.Database.MigrateAsync(cancellationToken);
                }

                break;
            }
            catch (PostgresException exception) when (attempt < 10 && exception.SqlState is PostgresErrorCodes.DuplicateDatabase
                or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ObjectInUse)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
            catch (Exception exception) when (IsUnavailable(exception))
            {
                throw new ConfigurationException($"The database can't be used: {exception.Message}");
            }
        }

        db.Database.SetCommandTimeout(null);
        await scope.ServiceProvider.GetRequiredService<AccountSetup>().EnsureAsync(cancellationToken);
    }

    /// <summary>
    /// Whether a write met another one: a unique index, a foreign key, a row that changed or went since it was read, a deadlock, a row
    /// lock that could not be taken (<see cref="WriteConflictException"/>). Checking the request again names the error, if there is one.
    /// </summary>
    public static bool IsConflict(Exception exception) => exception is DbUpdateConcurrencyException or WriteConflictException || DbExceptionOf(exception)
        is PostgresException
        {
            SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        }
        or SqliteException { SqliteExtendedErrorCode: 2067 or 1555 or 787 }; // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY, _FOREIGNKEY

    /// <summary>Whether the database can't be reached or can't work now, so that the same request may succeed later.</summary>
    public static bool IsUnavailable(Exception exception) => DbExceptionOf(exception) switch
    {
        PostgresException postgres => postgres.IsTransient
            || postgres.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidCatalogName
            || postgres.SqlState[..2] is "08" or "28" or "53" or "57" or "58", // Connection, authorisation, resources, an operator's intervention (statement_timeout, too), system.
        NpgsqlException => true, // No answer from the server: refused, broken or timed out.
        SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 } => true, // busy, locked, read-only, I/O error, full, can't open
        _ => exception is TimeoutException,
    };

    // EF's lock on SQLite is a row that EF waits for without end; whoever is killed while it migrates leaves it behind.
    private static async Task BreakAbandonedLockAsync(ConversationsDbContext db, CancellationToken cancellationToken)
    {
        if (db is not SqliteDbContext || !await db.Database.CanConnectAsync(cancellationToken)
            || await db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken) == 0)
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

    private static T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ArgumentException exception)
        {
            throw new ConfigurationException($"ConnectionStrings__{name} can't be read: {exception.Message}");
        }
    }

    private static DbException? DbExceptionOf(Exception? exception)
        => exception as DbException ?? (exception is null ? null : DbExceptionOf(exception.InnerException));

    // Who names one of these settings keeps his own, as the last one counts.
    private static NpgsqlConnectionStringBuilder Completed(string given, int patience)
    {
        // Prepared statements, and no DISCARD ALL between requests: a third of the time of a read. A commit that waits for a standby, and is cancelled, is
        // a success to PostgreSQL, though the standby has it not: instead of a cancellation the connection is given up.
        NpgsqlConnectionStringBuilder builder = new(string.Create(
            CultureInfo.InvariantCulture,
            $"Max Auto Prepare=200;No Reset On Close=true;Timeout={patience};Command Timeout={patience};Cancellation Timeout=-1;{given}"));

        // Several hosts are one database with its standbys: the one that takes writes is looked for, and soon again when it changes.
        return builder.Host?.Contains(',', StringComparison.Ordinal) == true
            ? new($"Target Session Attributes=read-write;Host Recheck Seconds=1;{builder}")
            : builder;
    }
}

/// <summary>
/// A SQLite database in memory that all connections of this process share, under a name of its own. It lives as long as one
/// connection to it is open: this one.
/// </summary>
public sealed class ThrowAwayDatabase : IDisposable
{
    private readonly SqliteConnection connection;

    public ThrowAwayDatabase(SqliteConnectionStringBuilder settings)
    {
        // SQLite's memdb file system: between connections it locks as a file does, which its shared cache does not.
        settings.DataSource = $"file:/{Guid.NewGuid():N}?vfs=memdb";
        settings.Mode = SqliteOpenMode.ReadWriteCreate;
        connection = new(settings.ToString());
    }

    public void Open() => connection.Open();

    public void Dispose() => connection.Dispose();
}
