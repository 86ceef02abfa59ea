using System.Data;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Data;

/// <summary>SQLite, the embedded default: a file without a database server.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : ConversationsDbContext(options)
{
    // SQLite has one writer at a time, and the others poll. A semaphore in the process is fair and much faster.
    private static readonly SemaphoreSlim Writer = new(1);

    // A transaction that writes has the whole database to itself.
    public override string LockForShare(string tables) => "";

    public override string LockForUpdate => "";

    public override string SelectFromJson(string table, IReadOnlyList<string> columns)
    {
        var values = string.Join(", ", columns.Select(column => $"json_extract(value, '$.{column}')"));
        return $"SELECT {values} FROM json_each({{0}})";
    }

    // In the form in which EF Core stores it.
    public override string DateInJson(DateTime value) =>
        value.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    // In the form in which EF Core stores and compares dates.
    public override string DateAfter(double seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', 'now', '+{seconds:0.###} seconds'), '0'), '.')"
        );

    // The driver begins a transaction without a write lock at this level. SQLite always gives a transaction one
    // snapshot.
    protected override IsolationLevel SnapshotIsolation => IsolationLevel.ReadUncommitted;

    /// <remarks>
    /// A commit in memory fails while another connection reads. The driver tries a COMMIT again, but not an UPDATE that
    /// has returned a row before its own commit (RETURNING).
    /// </remarks>
    /// <inheritdoc/>
    public override Task<bool> TryWriteAsync(Func<Task> write, CancellationToken cancellationToken) =>
        InMemoryDatabase.Has((SqliteConnection)Database.GetDbConnection())
            ? TryInTransactionAsync(write, cancellationToken)
            : base.TryWriteAsync(write, cancellationToken);

    protected override async Task<IDisposable?> AcquireWriteLockAsync(CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)Database.GetDbConnection();
        var timeout = connection.DefaultTimeout;
        var started = Stopwatch.GetTimestamp();
        if (!await Writer.WaitAsync(Limit(timeout), cancellationToken))
        {
            throw new TimeoutException("Another write held the SQLite file for too long.");
        }

        // Another process may hold the file. This write waits for it as long as its wait for the semaphore has left of
        // the timeout. The driver counts in seconds, and 0 means no limit.
        var left = timeout - (int)Stopwatch.GetElapsedTime(started).TotalSeconds;
        connection.DefaultTimeout = timeout == 0 ? 0 : Math.Max(1, left);
        return new WriteLock(connection, timeout);
    }

    private static TimeSpan Limit(int seconds) =>
        seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    private sealed class WriteLock(SqliteConnection connection, int timeout) : IDisposable
    {
        public void Dispose()
        {
            connection.DefaultTimeout = timeout;
            Writer.Release();
        }
    }
}
