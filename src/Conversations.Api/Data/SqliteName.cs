using Microsoft.Data.Sqlite;

namespace Conversations.Api.Data;

/// <summary>
/// What a Data Source leads to. SQLite reads one that begins with <c>file:</c> as a URI
/// (https://www.sqlite.org/uri.html), any other one as a path.
/// </summary>
/// <param name="Path">The path of the file; empty when there is none.</param>
/// <param name="IsInMemory">Whether SQLite would give each connection a database of its own, or keep no file.</param>
public sealed record SqliteName(string Path, bool IsInMemory)
{
    /// <summary>The path of a database in memory.</summary>
    public const string Memory = ":memory:";

    private const string Scheme = "file:";

    private const string LocalHost = "//localhost";

    public static SqliteName Of(SqliteConnectionStringBuilder settings)
    {
        var (path, query) = Split(settings.DataSource);
        return new(
            path,
            path == Memory
                || settings.Mode == SqliteOpenMode.Memory
                || Value(query, "mode") == "memory"
                || Value(query, "vfs") == "memdb"
        );
    }

    private static (string Path, string Query) Split(string dataSource)
    {
        if (!dataSource.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return (dataSource, "");
        }

        var parts = dataSource[Scheme.Length..].Split('#')[0].Split('?', 2);
        var path =
            parts[0].StartsWith(LocalHost, StringComparison.Ordinal) ? parts[0][LocalHost.Length..]
            : parts[0].StartsWith("//", StringComparison.Ordinal) ? parts[0][2..]
            : parts[0];
        return (Uri.UnescapeDataString(path), parts.ElementAtOrDefault(1) ?? "");
    }

    // Of two values SQLite takes the last one. It knows the names in lower case only.
    private static string? Value(string query, string name) =>
        query
            .Split('&')
            .Select(Uri.UnescapeDataString)
            .LastOrDefault(pair => pair.StartsWith($"{name}=", StringComparison.Ordinal))
            ?[(name.Length + 1)..];
}
