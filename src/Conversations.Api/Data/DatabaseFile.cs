using System.Data.Common;
using System.Runtime.InteropServices;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace Conversations.Api.Data;

/// <summary>
/// The SQLite file that this process opened at its start. While the path leads to no file, or to another one, every use
/// of the database fails as unavailable. Otherwise writes would go to a file without a name, and an empty database
/// would appear under the name. The server continues when the file is back.
/// <list type="number">
/// <item>One connection stays open. By it SQLite compares the file at the path with the opened one.</item>
/// <item>A connection that EF Core opens is compared too: it may be older or newer than a change of the path.</item>
/// <item>The path is compared again after a commit, so that an acknowledged write is in the file at the path.</item>
/// </list>
/// </summary>
public sealed class DatabaseFile : IDbConnectionInterceptor, IDbTransactionInterceptor, IDisposable
{
    // SQLITE_FCNTL_HAS_MOVED. On Windows an open file cannot be moved, and SQLite does not know this operation.
    private const int HasMovedOperation = 20;

    private readonly SqliteConnectionStringBuilder settings;

    private readonly ConfiguredDatabase configured;

    private readonly SqliteConnection opened;

    private bool isOpen;

    public DatabaseFile(SqliteConnectionStringBuilder settings, ConfiguredDatabase configured)
    {
        this.settings = settings;
        this.configured = configured;
        opened = new(new SqliteConnectionStringBuilder(settings.ToString()) { Pooling = false }.ToString());
    }

    /// <summary>
    /// The settings of all connections except the first one: none of them creates the file.
    /// </summary>
    public SqliteConnectionStringBuilder Existing =>
        new(settings.ToString())
        {
            Mode = settings.Mode == SqliteOpenMode.ReadWriteCreate ? SqliteOpenMode.ReadWrite : settings.Mode,
        };

    /// <summary>Opens the file, and creates it when it is missing.</summary>
    /// <exception cref="ConfigurationException">The file is read-only, or not empty and no database.</exception>
    public void Open()
    {
        if (IsOtherFile(SqliteName.Of(settings).Path))
        {
            throw new ConfigurationException(configured.NoDatabaseMessage);
        }

        opened.Open();
        if (raw.sqlite3_db_readonly(opened.Handle, "main") == 1)
        {
            throw new ConfigurationException(configured.ReadOnlyMessage);
        }

        using var command = opened.CreateCommand();
        command.CommandText = "PRAGMA page_count";
        if (command.ExecuteScalar() is 0L)
        {
            // EF Core does this only for a file that it creates.
            command.CommandText = "PRAGMA journal_mode = 'wal'";
            command.ExecuteNonQuery();
        }

        isOpen = true;
    }

    // Without this only the first one to notice would tell why: SQLite can't open a new connection either.
    InterceptionResult IDbConnectionInterceptor.ConnectionOpening(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    )
    {
        CheckPath((SqliteConnection)connection);
        return result;
    }

    ValueTask<InterceptionResult> IDbConnectionInterceptor.ConnectionOpeningAsync(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result,
        CancellationToken cancellationToken
    )
    {
        CheckPath((SqliteConnection)connection);
        return new(result);
    }

    void IDbConnectionInterceptor.ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        Check((SqliteConnection)connection);

    Task IDbConnectionInterceptor.ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken
    )
    {
        Check((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    Task IDbTransactionInterceptor.TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken
    )
    {
        if (HasMoved(opened))
        {
            throw Missing();
        }

        return Task.CompletedTask;
    }

    public void Dispose() => opened.Dispose();

    // SQLite rejects such a file only when it is longer than a page, and overwrites a shorter one.
    private static bool IsOtherFile(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        var header = "SQLite format 3\0"u8;
        var start = new byte[header.Length];
        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return length > 0 && !header.SequenceEqual(start);
    }

    private void Check(SqliteConnection connection)
    {
        CheckPath(connection);
        if (isOpen && HasMoved(connection))
        {
            ThrowMissing(connection);
        }
    }

    private void CheckPath(SqliteConnection connection)
    {
        if (isOpen && HasMoved(opened))
        {
            ThrowMissing(connection);
        }
    }

    private void ThrowMissing(SqliteConnection connection)
    {
        // The idle connections lead to the same file as this one.
        SqliteConnection.ClearPool(connection);
        connection.Close();
        throw Missing();
    }

    private SqliteException Missing() =>
        new($"{configured.Name} was removed, moved or replaced while the server runs", raw.SQLITE_CANTOPEN);

    private static bool HasMoved(SqliteConnection connection)
    {
        var hasMoved = 0;
        _ = FileControl(connection.Handle!.DangerousGetHandle(), 0, HasMovedOperation, ref hasMoved);
        return hasMoved != 0;
    }

    // A null name stands for the main database.
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(nint database, nint name, int operation, ref int result);
}
