namespace Conversations.Api.Hosting;

/// <summary>
/// A path for the log without the caller's input: /v1/Conversations/{…}/Messages. Only the fixed segments of Twilio's
/// paths remain, because any other segment may be an identity, an address or a name.
/// </summary>
public static class PathShape
{
    private const string Hidden = "{…}";

    private const int MaxSegments = 10;

    private static readonly HashSet<string> FixedSegments = new(StringComparer.OrdinalIgnoreCase)
    {
        "v1",
        "v2",
        "Services",
        "Configuration",
        "Webhooks",
        "Notifications",
        "Addresses",
        "Credentials",
        "Bindings",
        "Roles",
        "Users",
        "Conversations",
        "Participants",
        "Messages",
        "Receipts",
        "ParticipantConversations",
        "ConversationWithParticipants",
        "Exports",
        "Media",
        "Channels",
        "Members",
        "health",
        "live",
        "ready",
        "swagger",
    };

    public static string Of(HttpRequest request)
    {
        var segments = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var shape = segments
            .Take(MaxSegments)
            .Select(segment => FixedSegments.TryGetValue(segment, out var known) ? known : Hidden);
        return $"/{string.Join('/', shape)}{(segments.Length > MaxSegments ? "/…" : "")}";
    }
}
