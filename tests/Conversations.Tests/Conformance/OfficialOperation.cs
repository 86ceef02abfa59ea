using System.Text.Json;

namespace Conversations.Tests.Conformance;

/// <summary>
/// An operation of Twilio's official OpenAPI document (twilio-oai, twilio_conversations_v1.json), as names alone. The file
/// official-names.json holds all of them; it changes by hand when Twilio's document does.
/// </summary>
/// <param name="Parameters">Where it is given and its name: "path Sid", "query PageSize", "header X-…", "form Identity".</param>
/// <param name="Required">The form parameters that must be given; null when none has to.</param>
/// <param name="Types">integer, boolean, array or date-time, by parameter; all others are text.</param>
/// <param name="Values">What a parameter may be, by parameter; all others may be anything.</param>
/// <param name="Status">Of success.</param>
/// <param name="Members">Of the answer; those of pages and links with a dot.</param>
public sealed record OfficialOperation(
    string Path,
    string Method,
    string Id,
    IReadOnlyList<string> Parameters,
    IReadOnlyList<string>? Required,
    IReadOnlyDictionary<string, string>? Types,
    IReadOnlyDictionary<string, string[]>? Values,
    IReadOnlyList<int> Status,
    IReadOnlyList<string> Members
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OfficialOperation> All { get; } =
        JsonSerializer.Deserialize<OfficialOperation[]>(
            File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Conformance", "official-names.json")),
            Json
        )!;

    /// <summary>Those that this server has set out to serve: all of the resources in the table <see cref="Resources"/>.</summary>
    public static IReadOnlyList<OfficialOperation> Intended { get; } =
    [.. All.Where(operation => Resources.Of(operation.Path) is not null)];
}
