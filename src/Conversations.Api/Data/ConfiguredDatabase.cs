using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>
/// The database that the configuration names, for the log and for the error messages of a failed start.
/// </summary>
/// <param name="Setting">The setting that names the database.</param>
/// <param name="Name">The kind, then host and database name or the file. It contains no user and no password.</param>
public sealed record ConfiguredDatabase(string Setting, string Name)
{
    /// <summary>The error message for a SQLite file that belongs to another program.</summary>
    public string ForeignFileMessage => $"{Setting}: {Name} holds the tables of another program.";

    /// <summary>The error message for a SQLite file that is not a database.</summary>
    public string NoDatabaseMessage => Because("it is not a database");

    /// <summary>The error message for a SQLite file that was opened for reading only.</summary>
    public string ReadOnlyMessage => Because("it is read-only");

    /// <summary>The error message for a database with a migration that this version does not have.</summary>
    public string NewerMessage(string migration) =>
        $"{Setting}: {Name} was migrated by a newer version of this server (or by another program, which needs a "
        + $"database of its own): this version does not know the migration {migration}.";

    public static ConfiguredDatabase Of(NpgsqlConnectionStringBuilder settings)
    {
        var hasPort = !settings.Host!.Contains(',', StringComparison.Ordinal) && !settings.Host.StartsWith('/');
        var hosts = hasPort ? $"{settings.Host}:{settings.Port}" : settings.Host;
        var database = settings.Database ?? settings.Username ?? "with the name of the user";
        return new(ConnectionStrings.PostgresSetting, $"PostgreSQL at {hosts}, database {database}");
    }

    public static ConfiguredDatabase Of(SqliteConnectionStringBuilder settings)
    {
        var name = SqliteName.Of(settings);
        return new(
            ConnectionStrings.SqliteSetting,
            name.IsInMemory ? "SQLite in memory" : $"SQLite file {Path.GetFullPath(name.Path)}"
        );
    }

    /// <summary>
    /// The error message of a start that failed at the database; null when neither the database nor its settings are
    /// the cause.
    /// </summary>
    public string? Explain(Exception exception) =>
        Database.DbExceptionOf(exception) switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } postgres => Because(
                $"{Text(postgres)}; the role needs CREATE on the schema, all privileges on the tables, and CREATEDB if "
                    + "the database does not exist yet"
            ),
            PostgresException postgres => Because(Text(postgres)),
            NpgsqlException { InnerException: { } inner } npgsql => Because(
                $"{Sentence.Of(npgsql.Message).TrimEnd('.')}: {inner.Message}"
            ),
            SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CANTOPEN } => Because(
                "it must be a file in an existing folder to which the server can write"
            ),
            { } other => Because(other.Message),
            null when IsCausedBySettings(exception) => Because(exception.Message),
            _ => null,
        };

    // The drivers throw these for a missing certificate, an exhausted pool, or a password without encryption.
    private static bool IsCausedBySettings(Exception exception) =>
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
