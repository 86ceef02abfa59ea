using System.Diagnostics;
using Conversations.Tests.HelperLibraries;

namespace Conversations.Tests.Samples;

/// <summary>The samples in other languages. Each is a test suite that a user could have written.</summary>
public sealed class SampleTests
{
    [NeedsNode, OnEachStore]
    public Task The_sample_for_Node_js_passes(Store store) => PassesAsync(store, NodeLibrary.Start, "node/sample.cjs");

    [NeedsPython, OnEachStore]
    public Task The_sample_for_Python_passes(Store store) =>
        PassesAsync(store, PythonLibrary.Start, "python/sample.py");

    [Fact]
    public async Task The_guide_shows_parts_of_the_sample_for_Node_js()
    {
        var sample = await File.ReadAllTextAsync(LibraryProgram.PathOf("../Samples/node/sample.cjs"));
        var shown = MarkdownFile.Read("src/docs/testing.md").Blocks("js").ToList();

        Assert.NotEmpty(shown);
        Assert.All(shown, block => Assert.Contains(block.TrimEnd(), sample, StringComparison.Ordinal));
    }

    private static async Task PassesAsync(Store store, Func<string, ProcessStartInfo> start, string file)
    {
        var program = start(LibraryProgram.PathOf($"../Samples/{file}"));
        program.Environment["CONVERSATIONS_URL"] = (await TestServer.OnAsync(store)).Address.AbsoluteUri.TrimEnd('/');

        await LibraryProgram.RunAsync(program, "");
    }
}
