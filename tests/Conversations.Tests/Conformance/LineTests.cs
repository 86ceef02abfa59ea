namespace Conversations.Tests.Conformance;

/// <summary>CSharpier wraps code, but neither comments nor literals.</summary>
public sealed class LineTests
{
    private static readonly string[] Folders = ["src", "tests"];

    [Fact]
    public void No_line_of_C_sharp_is_longer_than_120_characters()
    {
        var longLines =
            from root in Folders
            from file in Directory.EnumerateFiles(
                Path.Combine(MarkdownFile.Repository, root),
                "*.cs",
                SearchOption.AllDirectories
            )
            let path = Path.GetRelativePath(MarkdownFile.Repository, file).Replace('\\', '/')
            where !path.Split('/').Any(folder => folder is "bin" or "obj" or "Migrations" or "CompiledModels")
            from line in File.ReadLines(file).Index()
            where line.Item.Length > 120
            select $"{path}:{line.Index + 1}";

        Assert.Equal("", string.Join('\n', longLines));
    }
}
