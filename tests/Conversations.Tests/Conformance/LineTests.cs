namespace Conversations.Tests.Conformance;

/// <summary>CSharpier wraps code, but neither comments nor literals.</summary>
public sealed class LineTests
{
    [Fact]
    public void No_line_of_C_sharp_is_longer_than_120_characters()
    {
        var longLines =
            from file in SourceFile.In("src", "tests")
            from line in file.Lines.Index()
            where line.Item.Length > 120
            select $"{file.Path}:{line.Index + 1}";

        Assert.Equal("", string.Join('\n', longLines));
    }
}
