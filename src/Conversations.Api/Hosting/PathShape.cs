namespace Conversations.Api.Hosting;

/// <summary>
/// A path without what a caller put into it: /v1/Conversations/{…}/Messages. Only the words of Twilio's paths remain, because
/// whatever else stands in a path may be an identity, an address or a name.
/// </summary>
public static class PathShape
{
    private const string Hidden = "{…}";

    private const int MostSegments = 10;

    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
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
            .Take(MostSegments)
            .Select(segment => Words.TryGetValue(segment, out var word) ? word : Hidden);
        return $"/{string.Join('/', shape)}{(segments.Length > MostSegments ? "/…" : "")}";
    }
}
