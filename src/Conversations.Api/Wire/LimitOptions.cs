using System.Globalization;

namespace Conversations.Api.Wire;

/// <summary>The section <c>Limits</c>: the limits an operator may move. All others are Twilio's own and stand beside their rule.</summary>
public sealed class LimitOptions
{
    /// <summary>In bytes of UTF-8. Twilio documents 4 KB for participants; no recording shows what happens above.</summary>
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

    /// <summary>As configured, or the defaults; start-up has checked the values.</summary>
    public static LimitOptions Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("Limits");
        return new()
        {
            ParticipantAttributesBytes = Read(section, nameof(ParticipantAttributesBytes)) ?? 4096,
            FailedAttemptsPerMinute = Read(section, nameof(FailedAttemptsPerMinute)),
            RequestsPerSecond = Read(section, nameof(RequestsPerSecond)),
            DatabaseSeconds = Read(section, nameof(DatabaseSeconds)) ?? 10,
        };
    }

    private static int? Read(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
