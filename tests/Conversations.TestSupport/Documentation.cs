using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Conversations.TestSupport;

/// <summary>
/// The OpenAPI document that the server publishes, compared with real answers. The document must announce every answer
/// that a test receives: an error with status, code and text, a success with exactly its members.
/// </summary>
public sealed partial class Documentation
{
    private static Task<Documentation>? served;

    private readonly JsonNode document;

    private readonly List<(string Method, string[] Template, JsonNode Operation)> operations;

    private Documentation(JsonNode document)
    {
        this.document = document;
        operations =
        [
            .. from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select (operation.Key.ToUpperInvariant(), path.Key.Split('/'), operation.Value),
        ];
    }

    /// <summary>Fetches the document once a run. All servers publish the same one.</summary>
    public static Task<Documentation> OfAsync(TestServer server) => served ??= FetchAsync(server);

    /// <summary>
    /// Fails unless the document announces the answer. Paths and methods outside the document get the framework's
    /// answers, and every operation can answer 401.
    /// </summary>
    public void Check(HttpMethod method, Uri uri, Answer answer)
    {
        if (answer.Status == HttpStatusCode.Unauthorized || Find(method.Method, uri) is not { } operation)
        {
            return;
        }

        var announced = operation["responses"]![$"{(int)answer.Status}"];
        var name = $"{operation["operationId"]} answers {(int)answer.Status}";
        Assert.True(announced is not null, $"{name}, which is not documented: {answer.Text}");
        if (answer.Status >= HttpStatusCode.BadRequest)
        {
            Assert.True(
                Announces(announced, answer.Body),
                $"{name} with an error that is not documented: {answer.Text}"
            );
        }
        else if (announced["content"]?["application/json"]?["schema"] is { } schema)
        {
            var differences = Differences(schema, answer.Body, "").Take(5).ToList();
            Assert.True(
                differences is [],
                $"{name}, but not as documented: {string.Join(", ", differences)} in {answer.Text}"
            );
        }
    }

    private static async Task<Documentation> FetchAsync(TestServer server)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        return new(JsonNode.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!);
    }

    private JsonNode? Find(string method, Uri uri)
    {
        var path = uri.AbsolutePath.TrimEnd('/').Split('/');
        return operations
            .Where(o =>
                o.Method == method
                && o.Template.Length == path.Length
                && o.Template.Zip(path).All(piece => piece.First.StartsWith('{') || piece.First == piece.Second)
            )
            .Select(o => o.Operation)
            .SingleOrDefault();
    }

    // The description of a status lists its errors, one a line: "- 50433: Participant already exists".
    private static bool Announces(JsonNode announced, JsonNode error) =>
        announced["description"]!
            .GetValue<string>()
            .Split('\n')
            .Any(line =>
                Regex.IsMatch(
                    $"- {error["code"]}: {error["message"]}",
                    $"^{Placeholder().Replace(Regex.Escape(line), ".*")}$",
                    RegexOptions.Singleline
                )
            );

    private IEnumerable<string> Differences(JsonNode schema, JsonNode? value, string at)
    {
        if (schema["$ref"] is { } reference)
        {
            return Differences(
                document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!,
                value,
                at
            );
        }

        if (value is null)
        {
            return schema["nullable"]?.GetValue<bool>() == true ? [] : [$"{at} is null"];
        }

        return (schema["type"]!.GetValue<string>(), value.GetValueKind()) switch
        {
            ("object", JsonValueKind.Object) => MemberDifferences(schema, value.AsObject(), at),
            ("array", JsonValueKind.Array) => value
                .AsArray()
                .SelectMany((item, i) => Differences(schema["items"]!, item, $"{at}[{i}]")),
            ("integer", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => [],
            ("string", JsonValueKind.String) => IsText(schema, value.GetValue<string>()) ? [] : [$"{at} is {value}"],
            _ => [$"{at} is {value.GetValueKind()}"],
        };
    }

    private IEnumerable<string> MemberDifferences(JsonNode schema, JsonObject value, string at)
    {
        var members = schema["properties"]!.AsObject();
        var missing = (schema["required"]?.AsArray() ?? [])
            .Select(name => name!.GetValue<string>())
            .Where(name => !value.ContainsKey(name));
        return missing
            .Select(name => $"{at}.{name} is missing")
            .Concat(
                value
                    .Where(member => !members.ContainsKey(member.Key))
                    .Select(member => $"{at}.{member.Key} is too much")
            )
            .Concat(
                value
                    .Where(member => members.ContainsKey(member.Key))
                    .SelectMany(member => Differences(members[member.Key]!, member.Value, $"{at}.{member.Key}"))
            );
    }

    private static bool IsText(JsonNode schema, string text) =>
        (schema["enum"] is not JsonArray values || values.Any(allowed => allowed!.GetValue<string>() == text))
        && (schema["format"]?.GetValue<string>() != "date-time" || Date().IsMatch(text));

    [GeneratedRegex(@"\\\{\w+}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\z")]
    private static partial Regex Date();
}
