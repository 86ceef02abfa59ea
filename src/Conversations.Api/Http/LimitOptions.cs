using System.Globalization;

namespace Conversations.Api.Http;

/// <summary>The section <c>Limits</c>: the limits an operator may move. All others are Twilio's own and stand beside their rule.</summary>
public sealed class LimitOptions
{
    // Npgsql's.
    private const int MostDatabaseSeconds = 1024;

    /// <summary>In bytes of UTF-8. Twilio documents 4 KB for participants; nobody recorded what it does above.</summary>
    public int ParticipantAttributesBytes { get; private init; }

    /// <summary>Wrong credentials that one address may send in a minute; null for any number.</summary>
    public int? FailedAttemptsPerMinute { get; private init; }

    /// <summary>Requests that one account may make in a second, of this process; null for any number.</summary>
    public int? RequestsPerSecond { get; private init; }

    /// <summary>
    /// How long a request waits for the database, in seconds, before it is answered with 503: for a connection, for a statement, and for all of them
    /// together. What its webhooks take comes on top.
    /// </summary>
    public int DatabaseSeconds { get; private init; }

    /// <exception cref="ConfigurationException">A limit is no number above 0, or too large a one.</exception>
    public static LimitOptions Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("Limits");
        return new()
        {
            ParticipantAttributesBytes = Read(section, nameof(ParticipantAttributesBytes)) ?? 4096,
            FailedAttemptsPerMinute = Read(section, nameof(FailedAttemptsPerMinute)),
            RequestsPerSecond = Read(section, nameof(RequestsPerSecond)),
            DatabaseSeconds = Read(section, nameof(DatabaseSeconds), MostDatabaseSeconds) ?? 10,
        };
    }

    private static int? Read(IConfigurationSection section, string name, int most = int.MaxValue) => section[name] switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 && limit <= most => limit,
        _ => throw new ConfigurationException($"Limits__{name} must be a number {(most == int.MaxValue ? "above 0" : $"from 1 to {most}")}."),
    };
}
