using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Conversations.TestSupport;

/// <summary>A document of the repository with its code blocks and links.</summary>
/// <param name="Name">The path from the top of the repository: src/docs/webhooks.md.</param>
public sealed partial record MarkdownFile(string Name, string Text)
{
    private static readonly string[] Folders = [".", ".github", "src/docs"];

    /// <summary>The folder of Conversations.sln.</summary>
    public static string Repository { get; } = FindRepository();

    public static IReadOnlyList<MarkdownFile> All { get; } =
    [
        .. from folder in Folders
        from file in Directory.EnumerateFiles(Path.Combine(Repository, folder), "*.md").Order(StringComparer.Ordinal)
        select Read(Path.GetRelativePath(Repository, file)),
    ];

    /// <summary>The possible targets of links: the headings, as GitHub turns them into anchors.</summary>
    public IReadOnlyList<string> Anchors =>
        [.. Headings().Matches(Prose).Select(match => AnchorOf(match.Groups["title"].Value))];

    /// <summary>The targets of all links, as written.</summary>
    public IReadOnlyList<string> Links =>
        [.. LinkTargets().Matches(Prose).Select(match => match.Groups["target"].Value)];

    // The text without the code blocks, which contain brackets and # themselves.
    private string Prose => CodeBlocks().Replace(Text, "");

    public static MarkdownFile Read(string name) =>
        new(name.Replace('\\', '/'), File.ReadAllText(Path.Combine(Repository, name)));

    /// <summary>The code blocks of a language (sh, js, python), in document order.</summary>
    public IReadOnlyList<string> Blocks(string language) =>
        [
            .. CodeBlocks()
                .Matches(Text)
                .Where(match => match.Groups["language"].Value == language)
                .Select(match => match.Groups["code"].Value),
        ];

    private static string AnchorOf(string title)
    {
        StringBuilder anchor = new();
        foreach (
            var letter in title
                .ToLowerInvariant()
                .Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')
        )
        {
            anchor.Append(letter == ' ' ? '-' : letter);
        }

        return anchor.ToString();
    }

    private static string FindRepository([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "Conversations.sln")))
        {
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("No folder above the tests contains Conversations.sln.");
        }

        return folder;
    }

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex("^#+ (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex LinkTargets();
}
