using Microsoft.Data.Sqlite;

namespace Conversations.Api.Data;

/// <summary>
/// An in-memory SQLite database with a unique name that all connections of this process share. It exists as long as one
/// connection to it is open; this object keeps one open.
/// </summary>
public sealed class InMemoryDatabase : IDisposable
{
    private const string FileSystem = "?vfs=memdb";

    private readonly SqliteConnection connection;

    public InMemoryDatabase(SqliteConnectionStringBuilder settings)
    {
        // SQLite's memdb file system locks between connections as a file does. Its shared cache does not.
        settings.DataSource = $"file:/{Guid.NewGuid():N}{FileSystem}";
        settings.Mode = SqliteOpenMode.ReadWriteCreate;
        connection = new(settings.ToString());
    }

    /// <summary>Whether a connection leads to such a database.</summary>
    public static bool Has(SqliteConnection connection) =>
        connection.DataSource.EndsWith(FileSystem, StringComparison.Ordinal);

    public void Open() => connection.Open();

    public void Dispose() => connection.Dispose();
}
