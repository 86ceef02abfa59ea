using System.Text.Json.Nodes;

namespace Conversations.Tests.Security;

/// <summary>An operation of the document that the server publishes, so that a test of all operations forgets none.</summary>
/// <param name="Path">With the names of its parameters: /v1/Conversations/{Sid}.</param>
/// <param name="Names">The parameters of query and form.</param>
internal sealed record ServedOperation(string Id, HttpMethod Method, string Path, IReadOnlyList<string> Names)
{
    private static readonly Dictionary<string, string> Prefixes = new()
    {
        ["Services"] = "IS",
        ["Conversations"] = "CH",
        ["Participants"] = "MB",
        ["Users"] = "US",
        ["Roles"] = "RL",
        ["Webhooks"] = "WH",
    };

    /// <summary>The prefixes of what the path names, from left to right.</summary>
    public IReadOnlyList<string> Named { get; } = [.. Pieces(Path).Zip(Pieces(Path).Skip(1)).Where(pair => pair.Second.StartsWith('{')).Select(pair => Prefixes[pair.First])];

    public bool IsForm => Method == HttpMethod.Post;

    public static async Task<IReadOnlyList<ServedOperation>> AllAsync(Uri server)
    {
        using var http = new HttpClient { BaseAddress = server };
        var document = JsonNode.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!;
        return
        [
            .. from path in document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select new ServedOperation(operation.Value!["operationId"]!.GetValue<string>(), new(operation.Key.ToUpperInvariant()), path.Key, [.. NamesOf(operation.Value)]),
        ];
    }

    /// <param name="values">What stands for the parameters of the path, from left to right.</param>
    public string PathOf(IEnumerable<string> values)
    {
        using var next = values.GetEnumerator();
        return string.Join('/', Pieces(Path).Select(piece => !piece.StartsWith('{') ? piece : next.MoveNext() ? next.Current : throw new InvalidOperationException($"{Id} names more.")));
    }

    /// <summary>A form that succeeds where it may, and writes something; null for what is no form.</summary>
    public (string Name, string Value)[]? Form(params (string Name, string Value)[] more) => !IsForm ? null :
    [
        .. new (string Name, string Value)[]
        {
            ("FriendlyName", "of a stranger"), ("Attributes", """{"by":"a stranger"}"""), ("Type", "conversation"), ("Permission", "sendMessage"), ("ReachabilityEnabled", "true"),
            ("Target", "webhook"), ("Configuration.Url", "http://127.0.0.1:9/"), ("Configuration.Filters", "onParticipantAdded"),
            ("PreWebhookUrl", "http://127.0.0.1:9/"), ("PostWebhookUrl", "http://127.0.0.1:9/"), ("Filters", "onUserAdded"),
        }.Where(field => Names.Contains(field.Name)),
        .. Id.StartsWith("Create", StringComparison.Ordinal) && Names.Contains("Identity") ? [("Identity", "mallory")] : Array.Empty<(string, string)>(),
        .. more,
    ];

    private static string[] Pieces(string path) => path.Split('/');

    private static IEnumerable<string> NamesOf(JsonNode operation)
        => (operation["parameters"]?.AsArray() ?? []).Where(parameter => parameter!["in"]!.GetValue<string>() == "query").Select(parameter => parameter!["name"]!.GetValue<string>())
            .Concat((operation["requestBody"]?["content"]?["application/x-www-form-urlencoded"]?["schema"]?["properties"]?.AsObject() ?? []).Select(property => property.Key));
}
