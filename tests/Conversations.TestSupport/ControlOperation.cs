using System.Text.Json.Nodes;

namespace Conversations.TestSupport;

/// <summary>
/// An operation of /control, from the OpenAPI document that the server publishes. A test that iterates over these
/// covers every operation.
/// </summary>
/// <param name="Path">The path with the names of its parameters: /control/checkpoints/{name}.</param>
/// <param name="Query">The names of its query parameters.</param>
/// <param name="Body">The names of the members of its JSON body; null when it takes none.</param>
public sealed record ControlOperation(
    string Id,
    HttpMethod Method,
    string Path,
    IReadOnlyList<string> Query,
    IReadOnlyList<string>? Body
)
{
    /// <summary>The names of the path's parameters, from left to right.</summary>
    public IReadOnlyList<string> Named { get; } =
    [.. Path.Split('/').Where(segment => segment.StartsWith('{')).Select(segment => segment[1..^1].Split(':')[0])];

    public static async Task<IReadOnlyList<ControlOperation>> AllAsync(Uri server)
    {
        using var http = new HttpClient { BaseAddress = server };
        var document = JsonNode.Parse(await http.GetStringAsync("/swagger/control/swagger.json"))!;
        return
        [
            .. from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select new ControlOperation(
                operation.Value!["operationId"]!.GetValue<string>(),
                new(operation.Key.ToUpperInvariant()),
                path.Key,
                [
                    .. (operation.Value["parameters"]?.AsArray() ?? [])
                        .Where(parameter => (string?)parameter!["in"] == "query")
                        .Select(parameter => (string)parameter!["name"]!),
                ],
                BodyOf(document, operation.Value)
            ),
        ];
    }

    /// <param name="values">The values of the path's parameters, from left to right.</param>
    public string PathOf(IEnumerable<string> values) => ServedOperation.Fill(Path, values);

    private static IReadOnlyList<string>? BodyOf(JsonNode document, JsonNode operation)
    {
        var schema = operation["requestBody"]?["content"]?["application/json"]?["schema"];
        if (schema?["$ref"] is { } reference)
        {
            schema = document["components"]!["schemas"]![((string)reference!).Split('/')[^1]];
        }

        return schema is null ? null : [.. (schema["properties"]?.AsObject() ?? []).Select(member => member.Key)];
    }
}
