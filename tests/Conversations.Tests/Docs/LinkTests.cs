namespace Conversations.Tests.Docs;

/// <summary>Links between the documents, and from documents to files of the repository.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Names => [.. MarkdownFile.All.Select(file => file.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Every_relative_link_leads_to_an_existing_file_and_heading(string name)
    {
        var file = MarkdownFile.Read(name);
        var broken = file
            .Links.Where(link => !link.Contains("://", StringComparison.Ordinal))
            .Where(link => !Resolves(file, link));

        Assert.Empty(broken);
    }

    [Fact]
    public void README_links_every_document()
    {
        var readme = MarkdownFile.Read("README.md");

        Assert.Empty(
            MarkdownFile.All.Select(file => file.Name).Where(name => name != readme.Name).Except(readme.Links)
        );
    }

    [Fact]
    public void README_has_at_most_150_lines() =>
        Assert.InRange(MarkdownFile.Read("README.md").Text.Split('\n').Length, 1, 150);

    private static bool Resolves(MarkdownFile file, string link)
    {
        var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
        var target =
            path == ""
                ? file.Name
                : Path.GetRelativePath(
                    MarkdownFile.Repository,
                    Path.GetFullPath(Path.Combine(MarkdownFile.Repository, Path.GetDirectoryName(file.Name)!, path))
                );
        return Path.Exists(Path.Combine(MarkdownFile.Repository, target))
            && (anchor is null || MarkdownFile.Read(target).Anchors.Contains(anchor));
    }
}
