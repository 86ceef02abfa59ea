using System.Text.Json;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The names of an operation of Twilio's official OpenAPI document (twilio-oai, twilio_conversations_v1.json). The file
/// official-names.json contains all operations; it is changed by hand when Twilio's document changes.
/// </summary>
/// <param name="Parameters">
/// The location and name of each parameter: "path Sid", "query PageSize", "header X-…", "form Identity".
/// </param>
/// <param name="Required">The required form parameters; null when there are none.</param>
/// <param name="Types">integer, boolean, array or date-time, by parameter. All others are text.</param>
/// <param name="Values">The allowed values, by parameter. All other parameters may have any value.</param>
/// <param name="Status">The status of a success.</param>
/// <param name="Members">The members of the answer. Members of pages and links have a dot.</param>
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

    /// <summary>All operations of the official document.</summary>
    public static IReadOnlyList<OfficialOperation> All { get; } =
        JsonSerializer.Deserialize<OfficialOperation[]>(
            File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Conformance", "official-names.json")),
            Json
        )!;

    /// <summary>
    /// The operations that this server intends to serve: those of all resources in the table <see cref="Resources"/>.
    /// </summary>
    public static IReadOnlyList<OfficialOperation> Intended { get; } =
    [.. All.Where(operation => Resources.Of(operation.Path) is not null)];
}
