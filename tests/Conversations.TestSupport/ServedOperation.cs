using System.Text.Json.Nodes;

namespace Conversations.TestSupport;

/// <summary>
/// An operation of the OpenAPI document that the server publishes. A test that iterates over these covers every
/// operation.
/// </summary>
/// <param name="Path">The path with the names of its parameters: /v1/Conversations/{Sid}.</param>
/// <param name="Query">The names of its query parameters.</param>
/// <param name="Form">The names of its form parameters.</param>
public sealed record ServedOperation(
    string Id,
    HttpMethod Method,
    string Path,
    IReadOnlyList<string> Query,
    IReadOnlyList<string> Form
)
{
    /// <summary>The resources that the path names, from left to right.</summary>
    public IReadOnlyList<ApiResource> Named { get; } = Resources.NamedIn(Path);

    /// <summary>The resource that it reads or writes.</summary>
    public ApiResource Resource { get; } =
        Resources.Of(Path)
        ?? throw new InvalidOperationException($"The table {nameof(Resources)} has no row for {Path}.");

    public IReadOnlyList<string> Names => [.. Query, .. Form];

    /// <summary>The schemas of its query and form parameters by name.</summary>
    public IReadOnlyDictionary<string, JsonNode> Schemas { get; private init; } = new Dictionary<string, JsonNode>();

    public bool IsForm => Method == HttpMethod.Post;

    public bool IsCreate =>
        IsForm && (Resource.SidPrefix is not null || Resource.Creates is not null) && !Path.EndsWith('}');

    public bool IsList => Method == HttpMethod.Get && Resource.SidPrefix is not null && !Path.EndsWith('}');

    public static async Task<IReadOnlyList<ServedOperation>> AllAsync(Uri server)
    {
        using var http = new HttpClient { BaseAddress = server };
        var document = JsonNode.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!;
        return
        [
            .. from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select new ServedOperation(
                operation.Value!["operationId"]!.GetValue<string>(),
                new(operation.Key.ToUpperInvariant()),
                path.Key,
                [.. QueryOf(operation.Value).Select(parameter => parameter.Name)],
                [.. FormOf(document, operation.Value).Select(parameter => parameter.Name)]
            )
            {
                Schemas = QueryOf(operation.Value)
                    .Concat(FormOf(document, operation.Value))
                    .ToDictionary(parameter => parameter.Name, parameter => parameter.Schema),
            },
        ];
    }

    /// <param name="values">The values of the path's parameters, from left to right.</param>
    public string PathOf(IEnumerable<string> values) => Fill(Path, values);

    /// <summary>
    /// A form that succeeds where the operation allows it and writes a change; null when the operation takes no form.
    /// An update keeps the name of its row.
    /// </summary>
    public (string Name, string Value)[]? FormOf(Sample sample, params (string Name, string Value)[] more) =>
        !IsForm
            ? null
            :
            [
                .. Resource
                    .Forms(sample)[0]
                    .Where(field => Form.Contains(field.Name) && (IsCreate || field.Name != Resource.NameParameter)),
                .. more,
            ];

    internal static string Fill(string template, IEnumerable<string> values)
    {
        using var next = values.GetEnumerator();
        return string.Join(
            '/',
            template
                .Split('/')
                .Select(segment =>
                    !segment.StartsWith('{') ? segment
                    : next.MoveNext() ? next.Current
                    : throw new InvalidOperationException($"{template} names more.")
                )
        );
    }

    private static IEnumerable<(string Name, JsonNode Schema)> QueryOf(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? [])
            .Where(parameter => parameter!["in"]!.GetValue<string>() == "query")
            .Select(parameter => (parameter!["name"]!.GetValue<string>(), parameter!["schema"]!));

    private static IEnumerable<(string Name, JsonNode Schema)> FormOf(JsonNode document, JsonNode operation)
    {
        var schema = operation["requestBody"]?["content"]?["application/x-www-form-urlencoded"]?["schema"];
        if (schema?["$ref"] is { } reference)
        {
            schema = document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]];
        }

        return schema?["properties"]?.AsObject().Select(property => (property.Key, property.Value!)) ?? [];
    }
}
