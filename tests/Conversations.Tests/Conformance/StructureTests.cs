namespace Conversations.Tests.Conformance;

/// <summary>How long a function and a file may be, and which types may share a file.</summary>
public sealed class StructureTests
{
    private static readonly string[][] Companions =
    [
        ["Form", "Query", "Request", "Rules"], // A form with its parts and its rules.
        ["Resource", "Links", "List"], // An answer with its parts.
    ];

    [Fact]
    public void No_function_of_the_server_is_longer_than_40_lines()
    {
        var members = SourceFile.In("src").SelectMany(file => file.Members().Select(m => (file.Path, m))).ToList();
        string[] tooLong =
        [
            .. from found in members where found.m.Length > 40 select $"{found.Path}: {found.m.FirstLine}",
        ];

        Assert.True(tooLong is [], $"Longer than 40 lines:\n{string.Join('\n', tooLong)}");
        Assert.InRange(members.Count, 1000, int.MaxValue);
    }

    /// <summary>Except the errors, of which a file has all those of a product area.</summary>
    [Fact]
    public void No_file_of_the_server_is_longer_than_300_lines()
    {
        string[] tooLong =
        [
            .. from file in SourceFile.In("src")
            where !Path.GetFileName(file.Path).StartsWith("TwilioErrors", StringComparison.Ordinal)
            let lines = file.Lines.Count
            where lines > 300
            select $"{file.Path}: {lines} lines",
        ];

        Assert.True(tooLong is [], string.Join('\n', tooLong));
    }

    [Fact]
    public void A_file_of_the_server_has_one_public_type()
    {
        var files = SourceFile.In("src").ToList();
        string[] mixed =
        [
            .. from file in files
            where file.PublicTypes.Count > 1 && !AreCompanions(file.PublicTypes)
            select $"{file.Path}: {string.Join(", ", file.PublicTypes)}",
        ];

        Assert.True(mixed is [], string.Join('\n', mixed));
        Assert.InRange(files.Count(file => file.PublicTypes is [_]), 100, int.MaxValue);
    }

    private static bool AreCompanions(IReadOnlyList<string> types) =>
        (types is [var entity, var table] && table == $"{entity}Table")
        || Companions.Any(kinds => types.All(type => kinds.Any(kind => type.EndsWith(kind, StringComparison.Ordinal))));
}
