using System.Globalization;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>Reads the section <c>ConnectionStrings</c> and adds the server's defaults.</summary>
public static class ConnectionStrings
{
    public const string PostgresSetting = "ConnectionStrings__Postgres";

    public const string SqliteSetting = "ConnectionStrings__Sqlite";

    private const int MaxTimeout = 86_400;

    private const string DefaultFile = "conversations.db";

    /// <param name="configured">Npgsql's keywords, or a URL.</param>
    /// <param name="timeout">The timeout of a connection attempt and of a command, in seconds.</param>
    /// <exception cref="ConfigurationException">The text can't be read.</exception>
    public static NpgsqlConnectionStringBuilder Postgres(string configured, int timeout) =>
        Read(
            PostgresSetting,
            () =>
            {
                // Settings in the caller's connection string win: the last occurrence counts.
                NpgsqlConnectionStringBuilder builder = new(PostgresDefaults(timeout) + KeywordsOf(configured));
                if (string.IsNullOrEmpty(builder.Host))
                {
                    throw new ArgumentException("it names no Host");
                }

                if (builder.Port is < 1 or > ushort.MaxValue)
                {
                    throw new ArgumentException("its Port is not a number from 1 to 65535");
                }

                // Several hosts are one database and its standbys. Npgsql looks for the host that accepts writes, and
                // looks again within a second when it changes.
                return builder.Host.Contains(',', StringComparison.Ordinal)
                    ? new($"Target Session Attributes=read-write;Host Recheck Seconds=1;{builder}")
                    : builder;
            }
        );

    // - Prepared statements, and no DISCARD ALL between requests, save a third of the time of a read.
    // - Npgsql closes a connection that timed out, and sends no cancellation. PostgreSQL reports a commit as successful
    //   when it is cancelled while it waits for a standby, although the standby does not have it.
    // - Without Kerberos encryption Npgsql does not look for a library that container images lack, and prints no
    //   warning about it.
    private static string PostgresDefaults(int timeout) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Max Auto Prepare=200;No Reset On Close=true;GSS Encryption Mode=Disable;"
                + $"Timeout={timeout};Command Timeout={timeout};Cancellation Timeout=-1;"
        );

    private static string KeywordsOf(string configured)
    {
        var isOtherUrl = configured.Contains("://", StringComparison.Ordinal) && !configured.Contains('=');
        return PostgresUrl.IsUrl(configured) ? PostgresUrl.Parse(configured).ConnectionString
            : isOtherUrl ? throw new ArgumentException("a URL must begin with postgresql://")
            : configured;
    }

    /// <param name="configured">Keywords, or the path of a file; null for the default file.</param>
    /// <param name="timeout">The timeout of a command, in seconds.</param>
    /// <exception cref="ConfigurationException">The text can't be read.</exception>
    public static SqliteConnectionStringBuilder Sqlite(string? configured, int timeout) =>
        Read(
            SqliteSetting,
            () =>
            {
                configured ??= DefaultFile;
                if (PostgresUrl.IsUrl(configured))
                {
                    throw new ArgumentException($"it is a PostgreSQL URL; {PostgresSetting} is its setting");
                }

                var isPath = !configured.Contains('=') || configured.StartsWith("file:", StringComparison.Ordinal);
                SqliteConnectionStringBuilder builder = isPath ? new() { DataSource = configured } : new(configured);
                builder.DefaultTimeout = builder.ShouldSerialize("Default Timeout") ? builder.DefaultTimeout : timeout;
                var name = SqliteName.Of(builder);
                if (name.Path.Any(char.IsControl))
                {
                    throw new ArgumentException("its Data Source contains a line break or another control character");
                }

                if (builder.DefaultTimeout is < 0 or > MaxTimeout)
                {
                    throw new ArgumentException(
                        $"its Default Timeout is not a number of seconds from 0 to {MaxTimeout}"
                    );
                }

                return name is { IsInMemory: true } or { Path.Length: > 0 }
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
            // Npgsql continues with the keyword. The framework continues with a position, which is useless: it counts
            // in a text that also contains the server's defaults.
            const string NpgsqlPrefix = "Couldn't set ";
            const string FrameworkPrefix = "Format of the initialization string";
            var reason = exception.Message.StartsWith(FrameworkPrefix, StringComparison.Ordinal)
                ? "it is neither a URL nor keywords with values (Name=value;…)."
                : Sentence.Of(exception.Message);
            throw new ConfigurationException(
                reason.StartsWith(NpgsqlPrefix, StringComparison.Ordinal)
                    ? $"{name} can't be read: the keyword {reason[NpgsqlPrefix.Length..^1]} is unknown or has a wrong "
                        + "value."
                    : $"{name} can't be read: {reason}"
            );
        }
    }
}
