using System.Text.Json.Nodes;

namespace Conversations.Faults.Fuzzing;

/// <summary>An operation of the document that the server publishes of itself.</summary>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Query">The names of its query parameters.</param>
/// <param name="Form">The names of its form parameters.</param>
public sealed record Operation(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Form)
{
    public static IReadOnlyList<Operation> AllOf(JsonNode document) =>
    [
        .. from path in document["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           let parameters = operation.Value!["parameters"]?.AsArray() ?? []
           let form = operation.Value["requestBody"]?["content"]!.AsObject().First().Value!["schema"]!
           select new Operation(
               operation.Key.ToUpperInvariant(),
               path.Key,
               [.. parameters.Where(parameter => parameter!["in"]!.GetValue<string>() == "query").Select(parameter => parameter!["name"]!.GetValue<string>())],
               [.. Resolved(document, form)?["properties"]?.AsObject().Select(property => property.Key) ?? []]),
    ];

    private static JsonNode? Resolved(JsonNode document, JsonNode? schema)
        => schema?["$ref"] is { } reference ? document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]] : schema;
}
