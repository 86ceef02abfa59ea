using System.Text.RegularExpressions;

namespace Conversations.Tests.Conformance;

/// <summary>
/// A C# file that is written by hand. CSharpier formats the files, so the indentation of a line tells where it belongs.
/// </summary>
/// <param name="Path">The path from the top of the repository.</param>
internal sealed partial record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    private const int Step = 4;

    public static IEnumerable<SourceFile> In(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(
            System.IO.Path.Combine(MarkdownFile.Repository, folder),
            "*.cs",
            SearchOption.AllDirectories
        )
        let path = System.IO.Path.GetRelativePath(MarkdownFile.Repository, file).Replace('\\', '/')
        where !path.Split('/').Any(name => name is "bin" or "obj" or "Migrations" or "CompiledModels")
        select new SourceFile(path, File.ReadAllLines(file));

    /// <summary>The names of the public types that are not in another type, without type parameters.</summary>
    public IReadOnlyList<string> PublicTypes =>
        [
            .. Lines
                .Select(line => PublicType().Match(line))
                .Where(match => match.Success)
                .Select(match => match.Groups["name"].Value)
                .Distinct(),
        ];

    /// <summary>
    /// The members of all types, and top-level statements, each with its first line and its number of lines, without
    /// the comments and attributes before it.
    /// </summary>
    public IReadOnlyList<(string FirstLine, int Length)> Members()
    {
        List<(string FirstLine, int Length)> members = [];
        var (indent, isType) = (0, false);
        int? start = null;
        foreach (var (index, line) in Lines.Index().Where(line => line.Item.Length > 0))
        {
            var text = line.TrimStart();
            var depth = line.Length - text.Length;
            if (isType && depth == indent && text == "{")
            {
                (indent, isType) = (indent + Step, false);
            }
            else if (depth < indent && text[0] == '}')
            {
                (indent, start) = (indent - Step, null);
            }
            else if (depth == indent && Beginning().IsMatch(text))
            {
                isType = Type().IsMatch(text);
                start = isType || Comment().IsMatch(text) ? null : index;
                members.AddRange(start is null ? [] : [(text, 1)]);
            }
            else if (start is { } first)
            {
                members[^1] = members[^1] with { Length = index - first + 1 };
            }
        }

        return members;
    }

    // A type, another member, a comment or an attribute. A lone bracket opens a list, and belongs to its member.
    [GeneratedRegex(@"^(\w|//|\[.)")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"^(//|\[)")]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"^((public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref) )*"
            + @"(class|record|struct|interface|enum|extension)\b"
    )]
    private static partial Regex Type();

    [GeneratedRegex(
        @"^public ((static|sealed|abstract|partial|readonly|ref) )*"
            + @"((class|record struct|record|struct|interface|enum) |delegate .*? (?=\w+[<(]))(?<name>\w+)"
    )]
    private static partial Regex PublicType();
}
