using System.Globalization;

namespace Conversations.Api.Wire;

/// <summary>
/// The section <c>Limits</c>: the limits that an operator can set. All other limits are Twilio's and are constants
/// beside their rules.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>
    /// In bytes of UTF-8. Twilio documents 4 KB for participants; no recording shows what happens beyond it.
    /// </summary>
    public int ParticipantAttributesBytes { get; private init; }

    /// <summary>How many wrong credentials one address may send in a minute; null for no limit.</summary>
    public int? FailedAttemptsPerMinute { get; private init; }

    /// <summary>How many requests one account may send to this process in a second; null for no limit.</summary>
    public int? RequestsPerSecond { get; private init; }

    /// <summary>
    /// How long a request waits for the database, in seconds, before it is answered with 503: for a connection, for a
    /// statement, and for everything together. The time of its webhooks is added to that.
    /// </summary>
    public int DatabaseSeconds { get; private init; }

    /// <summary>The configured values or the defaults. Start-up has already checked the values.</summary>
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
