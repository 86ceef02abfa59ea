using System.Globalization;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>The section <c>ConnectionStrings</c>, with the server's own defaults.</summary>
public static class ConnectionStrings
{
    public const string PostgresSetting = "ConnectionStrings__Postgres";

    public const string SqliteSetting = "ConnectionStrings__Sqlite";

    public const string MemoryFile = ":memory:";

    private const string DefaultFile = "conversations.db";

    /// <param name="given">Npgsql's keywords, or a URL.</param>
    /// <param name="timeout">In seconds, for a connection and for a command.</param>
    /// <exception cref="ConfigurationException">The text can't be read.</exception>
    public static NpgsqlConnectionStringBuilder Postgres(string given, int timeout) =>
        Read(
            PostgresSetting,
            () =>
            {
                var isOtherUrl = given.Contains("://", StringComparison.Ordinal) && !given.Contains('=');
                var settings =
                    PostgresUrl.IsUrl(given) ? PostgresUrl.Parse(given).ConnectionString
                    : isOtherUrl ? throw new ArgumentException("a URL must begin with postgresql://")
                    : given;

                // Settings in the caller's connection string win: the last occurrence counts.
                // Prepared statements, and no DISCARD ALL between requests, save a third of the time of a read. PostgreSQL
                // takes a commit that waits for a standby, and is cancelled, for a success, though the standby does not have
                // it: instead of a cancellation the connection is given up. Without encryption by Kerberos Npgsql does not
                // look for a library that images lack, and prints no warning.
                NpgsqlConnectionStringBuilder builder = new(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Max Auto Prepare=200;No Reset On Close=true;GSS Encryption Mode=Disable;"
                            + $"Timeout={timeout};Command Timeout={timeout};Cancellation Timeout=-1;{settings}"
                    )
                );
                if (string.IsNullOrEmpty(builder.Host))
                {
                    throw new ArgumentException("it names no Host");
                }

                if (builder.Port is < 1 or > ushort.MaxValue)
                {
                    throw new ArgumentException("its Port is no number from 1 to 65535");
                }

                // Several hosts are one database with its standbys: Npgsql looks for the one that takes writes, and looks
                // again soon when it changes.
                return builder.Host.Contains(',', StringComparison.Ordinal)
                    ? new($"Target Session Attributes=read-write;Host Recheck Seconds=1;{builder}")
                    : builder;
            }
        );

    /// <param name="given">Keywords, or the path of a file; null for the default one.</param>
    /// <param name="timeout">In seconds, for a command.</param>
    /// <exception cref="ConfigurationException">The text can't be read.</exception>
    public static SqliteConnectionStringBuilder Sqlite(string? given, int timeout) =>
        Read(
            SqliteSetting,
            () =>
            {
                given ??= DefaultFile;
                if (PostgresUrl.IsUrl(given))
                {
                    throw new ArgumentException($"it is a PostgreSQL URL, which {PostgresSetting} takes");
                }

                var isPath = !given.Contains('=') || given.StartsWith("file:", StringComparison.Ordinal);
                SqliteConnectionStringBuilder builder = isPath ? new() { DataSource = given } : new(given);
                builder.DefaultTimeout = builder.ShouldSerialize("Default Timeout") ? builder.DefaultTimeout : timeout;
                return builder.DataSource.Length > 0 || builder.Mode == SqliteOpenMode.Memory
                    ? builder
                    : throw new ArgumentException("it names no Data Source");
            }
        );

    private static T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception
                    is ArgumentException
                        or FormatException
                        or OverflowException
                        or InvalidCastException
                        or KeyNotFoundException
            )
        {
            const string Npgsqls = "Couldn't set "; // The keyword follows.
            const string Frameworks = "Format of the initialization string"; // A place in a text that has the server's defaults, too, follows.
            var reason = exception.Message.StartsWith(Frameworks, StringComparison.Ordinal)
                ? "it is neither a URL nor keywords with values (Name=value;…)."
                : Sentence.Of(exception.Message);
            throw new ConfigurationException(
                reason.StartsWith(Npgsqls, StringComparison.Ordinal)
                    ? $"{name} can't be read: the keyword {reason[Npgsqls.Length..^1]} is not known or has a wrong value."
                    : $"{name} can't be read: {reason}"
            );
        }
    }
}
