using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.OpenApi;

namespace Conversations.Tests.Conformance;

/// <summary>The examples of the OpenAPI document match their schemas.</summary>
public sealed class ExampleTests
{
    // Unknown keywords are ignored.
    private static readonly BuildOptions Dialect = new() { Dialect = Json.Schema.Dialect.Draft202012 };

    private static readonly EvaluationOptions Strict = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    /// <summary>The served documents: the whole one and its views.</summary>
    public static TheoryData<string> Documents => ["v1", "v1-default-service", "v1-any-service"];

    [Theory, MemberData(nameof(Documents))]
    public async Task No_example_contradicts_its_schema(string name)
    {
        var document = await ReadAsync(name);

        var examples = ExamplesOf(document, "").ToList();

        Assert.NotEmpty(examples);
        Assert.Empty(examples.SelectMany(example => Contradictions(example, document["components"]!["schemas"]!)));
    }

    // Examples that Swagger UI could not show or would send wrongly.
    [Theory]
    [InlineData("""{ "type": "array", "items": { "type": "string" }, "examples": [""] }""")]
    [InlineData("""{ "type": "string", "format": "date-time", "examples": [""] }""")]
    [InlineData("""{ "type": "string", "enum": ["get", "post"], "examples": [""] }""")]
    [InlineData("""{ "type": "integer", "examples": [""] }""")]
    [InlineData("""{ "schema": { "$ref": "#/components/schemas/Named" }, "example": { "sid": null } }""")]
    [InlineData("""{ "schema": { "$ref": "#/components/schemas/Named" }, "examples": { "x": { "value": {} } } }""")]
    public void The_check_finds_an_example_that_contradicts_its_schema(string json)
    {
        var schemas = JsonNode.Parse(
            """
            { "Named": { "type": "object", "required": ["sid"], "properties": { "sid": { "type": "string" } } } }
            """
        )!;
        var example = Assert.Single(ExamplesOf(JsonNode.Parse(json), ""));

        Assert.NotEmpty(Contradictions(example, schemas));
    }

    // OpenAPI 3.1 uses JSON Schema itself, which expresses 3.0's "nullable" in a way that a validator understands.
    private static async Task<JsonNode> ReadAsync(string name)
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using var http = new HttpClient { BaseAddress = server.Address };
        var (document, _) = OpenApiDocument.Parse(await http.GetStringAsync($"/swagger/{name}/swagger.json"), "json");
        return JsonNode.Parse(await document!.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!;
    }

    private static IEnumerable<Example> ExamplesOf(JsonNode? node, string at)
    {
        if (node is JsonObject holder)
        {
            var schema = holder["schema"] ?? holder;
            var given =
                (holder["examples"] as JsonObject)?.Select(named => (named.Key, named.Value!["value"]))
                ?? (holder["examples"] as JsonArray)?.Select((value, i) => ($"{i}", value))
                ?? [];
            given = holder.ContainsKey("example") ? given.Append(("example", holder["example"])) : given;
            foreach (var (name, value) in given)
            {
                yield return new($"{at}.{name}", schema, value);
            }
        }

        IEnumerable<(string Name, JsonNode? Node)> below = node switch
        {
            JsonObject members => members
                .Where(member => member.Key is not ("example" or "examples" or "enum"))
                .Select(member => (member.Key, member.Value)),
            JsonArray items => items.Select((item, i) => ($"{i}", item)),
            _ => [],
        };
        foreach (var example in below.SelectMany(child => ExamplesOf(child.Node, $"{at}.{child.Name}")))
        {
            yield return example;
        }
    }

    private static IEnumerable<string> Contradictions(Example example, JsonNode schemas)
    {
        var schema = Standalone(example.Schema);
        schema["$defs"] = Standalone(schemas);
        var value = JsonSerializer.SerializeToElement(example.Value);
        var result = JsonSchema.FromText(schema.ToJsonString(), Dialect).Evaluate(value, Strict);
        return result.IsValid
            ? []
            : (result.Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail =>
                    detail.Errors!.Select(error => $"{example.At}{detail.InstanceLocation}: {error.Value}")
                );

        static JsonObject Standalone(JsonNode node) =>
            JsonNode
                .Parse(node.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!
                .AsObject();
    }

    private sealed record Example(string At, JsonNode Schema, JsonNode? Value);
}
