using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>Which database the configuration names, for the log and for what a start says that fails.</summary>
/// <param name="Setting">The setting that names it.</param>
/// <param name="Name">The kind, and the host and name or the file; no user or password.</param>
public sealed record ConfiguredDatabase(string Setting, string Name)
{
    /// <summary>The sentence for a file that holds something else.</summary>
    public string OfAnotherProgram => $"{Setting}: {Name} holds the tables of another program.";

    public static ConfiguredDatabase Of(NpgsqlConnectionStringBuilder settings)
    {
        var hasPort = !settings.Host!.Contains(',', StringComparison.Ordinal) && !settings.Host.StartsWith('/');
        var hosts = hasPort ? $"{settings.Host}:{settings.Port}" : settings.Host;
        var database = settings.Database ?? settings.Username ?? "of the user's name";
        return new(ConnectionStrings.PostgresSetting, $"PostgreSQL at {hosts}, database {database}");
    }

    public static ConfiguredDatabase Of(SqliteConnectionStringBuilder settings)
    {
        var file =
            settings.DataSource.StartsWith("file:", StringComparison.Ordinal) || settings.DataSource.Length == 0
                ? settings.DataSource
                : Path.GetFullPath(settings.DataSource);
        return new(ConnectionStrings.SqliteSetting, IsInMemory(settings) ? "SQLite in memory" : $"SQLite file {file}");
    }

    public static bool IsInMemory(SqliteConnectionStringBuilder settings) =>
        settings.DataSource == ConnectionStrings.MemoryFile || settings.Mode == SqliteOpenMode.Memory;

    /// <summary>
    /// What a start says that failed at the database; null when the database and its settings were not the cause.
    /// </summary>
    public string? Explain(Exception exception) =>
        Database.DbExceptionOf(exception) switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } postgres => Because(
                $"{Text(postgres)}; the role needs CREATE on the schema, all rights on the tables, and CREATEDB where the "
                    + "database is not there yet"
            ),
            PostgresException postgres => Because(Text(postgres)),
            NpgsqlException { InnerException: { } inner } npgsql => Because(
                $"{Sentence.Of(npgsql.Message).TrimEnd('.')}: {inner.Message}"
            ),
            SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CANTOPEN } => Because(
                "it must be a file in a folder that exists and that the server may write to"
            ),
            { } other => Because(other.Message),
            null when IsOfTheSettings(exception) => Because(exception.Message),
            _ => null,
        };

    // What the drivers throw for a certificate that is not there, a pool without room, a password without encryption.
    private static bool IsOfTheSettings(Exception exception) =>
        exception
            is IOException
                or SocketException
                or TimeoutException
                or UnauthorizedAccessException
                or AuthenticationException
                or CryptographicException
        || (
            exception is ArgumentException or InvalidOperationException or NotSupportedException
            && exception.Source is "Npgsql" or "Microsoft.Data.Sqlite"
        );

    private static string Text(PostgresException exception) => $"{exception.MessageText} ({exception.SqlState})";

    private string Because(string reason) => $"{Setting}: {Name} can't be used: {Sentence.Of(reason)}";
}
