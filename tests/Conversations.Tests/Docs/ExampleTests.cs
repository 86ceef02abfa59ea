using System.Diagnostics;
using Conversations.Tests.HelperLibraries;

namespace Conversations.Tests.Docs;

/// <summary>The examples of the documents, run against a server as the documents say.</summary>
public sealed class ExampleTests
{
    private const string DocumentedAddress = "http://localhost:8080";

    [NeedsNode]
    [InlineData("README.md", "MB* alice")]
    [InlineData(
        "src/docs/helper-libraries.md",
        "MB* alice {\"role\":\"driver\"}",
        "MB* +15558675310 {\"role\":\"customer\"}",
        "409 50433 Participant already exists")]
    public Task The_Node_js_example_prints_what_it_promises(string document, params string[] lines)
        => PrintsAsync(document, "js", "cjs", NodeLibrary.Start, lines);

    [NeedsPython]
    [InlineData("README.md", "MB* alice")]
    [InlineData(
        "src/docs/helper-libraries.md",
        "MB* alice {\"role\": \"driver\"}",
        "MB* +15558675310 {\"role\": \"customer\"}",
        "409 50433 Unable to create record: Participant already exists")]
    public Task The_Python_example_prints_what_it_promises(string document, params string[] lines)
        => PrintsAsync(document, "python", "py", PythonLibrary.Start, lines);

    private static async Task PrintsAsync(
        string document, string language, string extension, Func<string, ProcessStartInfo> start, string[] lines)
    {
        await using var server = await ServerProcess.StartAsync();
        var program = Path.Combine(server.Folder, $"example.{extension}");
        await File.WriteAllTextAsync(program, Here(Assert.Single(MarkdownFile.Read(document).Blocks(language)), server));

        var output = await LibraryProgram.RunAsync(start(program), "");

        var printed = output.TrimEnd().Split('\n').Select(line => line.StartsWith("MB", StringComparison.Ordinal) ? $"MB*{line[34..]}" : line);
        Assert.Equal(lines, printed);
    }

    private static string Here(string example, ServerProcess server)
    {
        Assert.Contains(DocumentedAddress, example, StringComparison.Ordinal);
        return example.Replace(DocumentedAddress, server.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);
    }
}
