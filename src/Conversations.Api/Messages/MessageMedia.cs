using System.Text.Json;
using Conversations.Api.Wire;

namespace Conversations.Api.Messages;

/// <summary>
/// A file of a message from a phone, as the phone described it. The server does not have its content.
/// </summary>
public sealed record MessageMedia
{
    public const string SidPrefix = "ME";

    /// <summary>ME…; empty in a row of an import that does not name it.</summary>
    public string Sid { get; init; } = "";

    /// <summary>In bytes.</summary>
    public long Size { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>Null for none.</summary>
    public string? Filename { get; init; }

    /// <summary>The JSON that the column has.</summary>
    public static string Write(IReadOnlyList<MessageMedia> media) =>
        JsonSerializer.Serialize(media, TwilioJson.Options);

    /// <summary>Reads the JSON of <see cref="Write"/>.</summary>
    public static IReadOnlyList<MessageMedia> Read(string text) =>
        JsonSerializer.Deserialize<List<MessageMedia>>(text, TwilioJson.Options)!;
}
