using System.Globalization;
using Npgsql;

namespace Conversations.Api.Data;

/// <summary>
/// Reads postgresql://user:password@host:port/database?option=value as libpq defines it, including several hosts
/// (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS). An option is one of libpq's, or
/// one of Npgsql's keywords with _ for each blank.
/// </summary>
public static class PostgresUrl
{
    // The libpq options that have another name in Npgsql.
    private static readonly Dictionary<string, string> Options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslrootcert"] = "Root Certificate",
        ["sslpassword"] = "SSL Password",
        ["sslmode"] = "SSL Mode",
        ["sslnegotiation"] = "SSL Negotiation",
        ["gssencmode"] = "GSS Encryption Mode",
        ["krbsrvname"] = "Kerberos Service Name",
        ["connect_timeout"] = "Timeout",
        ["target_session_attrs"] = "Target Session Attributes",
    };

    // Npgsql spells the values of these keywords without libpq's hyphens (verify-full).
    private static readonly HashSet<string> WithoutHyphens =
    [
        "SSL Mode",
        "SSL Negotiation",
        "GSS Encryption Mode",
        "Channel Binding",
    ];

    public static bool IsUrl(string text) =>
        text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">
    /// The URL can't be read. The message says why and contains no password.
    /// </exception>
    public static NpgsqlConnectionStringBuilder Parse(string url)
    {
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var query = Cut(ref rest, '?', last: false);
        var database = Cut(ref rest, '/', last: false);
        var hosts = Cut(ref rest, '@', last: true);
        var (user, hasUser) = hosts is null ? ("", false) : (rest, true);
        var password = hasUser ? Cut(ref user, ':', last: false) : null;

        NpgsqlConnectionStringBuilder builder = [];
        SetHosts(builder, hosts ?? rest);
        Set(builder, "Username", user, "user");
        Set(builder, "Password", password, "password");
        Set(builder, "Database", database, "database");
        foreach (var option in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = option;
            var value =
                Cut(ref name, '=', last: false) ?? throw new ArgumentException($"the option {name} has no value");
            var keyword = Options.GetValueOrDefault(name) ?? name.Replace('_', ' ');
            value = WithoutHyphens.Contains(keyword) ? value.Replace("-", "", StringComparison.Ordinal) : value;
            Set(builder, keyword, value, $"option {name}");
        }

        return builder;
    }

    // Npgsql expects the port beside each host when there are several hosts.
    private static void SetHosts(NpgsqlConnectionStringBuilder builder, string hosts)
    {
        List<(string Host, string? Port)> parts = [];
        foreach (var part in hosts.Split(','))
        {
            var colon = part.LastIndexOf(':') is var at && at > part.LastIndexOf(']') ? at : -1;
            var (host, port) = colon < 0 ? (part, null) : (part[..colon], part[(colon + 1)..]);
            var isNumber = ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (port is { Length: > 0 } && !isNumber)
            {
                throw new ArgumentException("the port is not a number from 0 to 65535");
            }

            parts.Add((host, string.IsNullOrEmpty(port) ? null : port));
        }

        if (parts is [var (single, singlePort)])
        {
            Set(builder, "Host", single.Trim('[', ']'), "host");
            Set(builder, "Port", singlePort, "port");
        }
        else
        {
            var all = parts.Select(part => part.Port is null ? part.Host : $"{part.Host}:{part.Port}");
            Set(builder, "Host", string.Join(',', all), "hosts");
        }
    }

    /// <summary>Cuts the text at the separator and keeps the part before it.</summary>
    /// <returns>The part after the separator; null when there is no separator.</returns>
    private static string? Cut(ref string text, char separator, bool last)
    {
        var at = last ? text.LastIndexOf(separator) : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var after = text[(at + 1)..];
        text = text[..at];
        return after;
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string keyword, string? escaped, string part)
    {
        if (string.IsNullOrEmpty(escaped))
        {
            return;
        }

        if (HasBrokenEscape(escaped))
        {
            throw new ArgumentException($"the {part} has a % that is not written as %25");
        }

        try
        {
            builder[keyword] = Uri.UnescapeDataString(escaped);
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
            throw new ArgumentException($"the {part} is unknown or has a wrong value");
        }
    }

    private static bool HasBrokenEscape(string text)
    {
        for (var i = text.IndexOf('%'); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return true;
            }
        }

        return false;
    }
}
