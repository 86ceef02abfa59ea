using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The served OpenAPI document is committed as src/docs/openapi.json, so that a review shows every change of the API.
/// With the environment variable UPDATE_OPENAPI=true the test rewrites the file instead of comparing it.
/// </summary>
public sealed class OpenApiFileTests
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_served_document_equals_the_committed_file()
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using HttpClient http = new() { BaseAddress = server.Address };
        var served =
            JsonNode
                .Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!
                .ToJsonString(Indented)
                .ReplaceLineEndings("\n") + "\n";
        var file = Path.Combine(MarkdownFile.Repository, "src", "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "true")
        {
            await File.WriteAllTextAsync(file, served);
        }

        Assert.True(
            served == await File.ReadAllTextAsync(file),
            "src/docs/openapi.json differs from the served document. "
                + "UPDATE_OPENAPI=true dotnet test --filter OpenApiFileTests rewrites it."
        );
    }
}
