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

    /// <summary>The longest body of a message, in bytes of UTF-8. Twilio's limit is 32 KiB.</summary>
    public int MessageBodyBytes { get; private init; }

    /// <summary>The same for the attributes of a message. Twilio documents 4 KB.</summary>
    public int MessageAttributesBytes { get; private init; }

    /// <summary>
    /// How many messages may be created, changed and deleted in one conversation in a second; null for no limit.
    /// </summary>
    public int? MessageWritesPerSecond { get; private init; }

    /// <summary>How many wrong credentials one address may send in a minute; null for no limit.</summary>
    public int? FailedAttemptsPerMinute { get; private init; }

    /// <summary>How many requests one account may send to this process in a second; null for no limit.</summary>
    public int? RequestsPerSecond { get; private init; }

    /// <summary>
    /// How many requests to /v1 this process works on at the same time. By default one for each 8 MB of memory, but at
    /// most 256: the largest page and the largest body each take less than 8 MB.
    /// </summary>
    public int ConcurrentRequests { get; private init; }

    /// <summary>The same for one account. By default a quarter, so that one account can't hold all.</summary>
    public int ConcurrentRequestsPerAccount { get; private init; }

    /// <summary>
    /// How long a request waits for the database, in seconds, before it is answered with 503: for a connection, for a
    /// statement, and for everything together. The time of its webhooks is added to that.
    /// </summary>
    public int DatabaseSeconds { get; private init; }

    /// <summary>The configured values or the defaults. Start-up has already checked the values.</summary>
    public static LimitOptions Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("Limits");
        var inAll = Read(section, nameof(ConcurrentRequests)) ?? DefaultConcurrentRequests;
        return new()
        {
            ParticipantAttributesBytes = Read(section, nameof(ParticipantAttributesBytes)) ?? 4096,
            MessageBodyBytes = Read(section, nameof(MessageBodyBytes)) ?? 32_768,
            MessageAttributesBytes = Read(section, nameof(MessageAttributesBytes)) ?? 4096,
            MessageWritesPerSecond = Read(section, nameof(MessageWritesPerSecond)),
            FailedAttemptsPerMinute = Read(section, nameof(FailedAttemptsPerMinute)),
            RequestsPerSecond = Read(section, nameof(RequestsPerSecond)),
            ConcurrentRequests = inAll,
            ConcurrentRequestsPerAccount =
                Read(section, nameof(ConcurrentRequestsPerAccount)) ?? Math.Max(1, inAll / 4),
            DatabaseSeconds = Read(section, nameof(DatabaseSeconds)) ?? 10,
        };
    }

    /// <summary>
    /// How many connections the server accepts: one for each 256 KB of memory. Each takes up to 128 KB.
    /// </summary>
    public static long MaxConnections => Math.Max(100, AvailableMemory / (256 << 10));

    // The memory is that of the container or of the runtime's own limit, if there is one.
    private static long AvailableMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static int DefaultConcurrentRequests => (int)Math.Clamp(AvailableMemory / (8 << 20), 4, 256);

    private static int? Read(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
