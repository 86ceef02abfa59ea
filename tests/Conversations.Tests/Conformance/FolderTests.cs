using System.Text.RegularExpressions;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The allowed references between folders of the server. The list may only shrink: a new reference shows that a type is
/// in the wrong folder.
/// </summary>
public sealed partial class FolderTests
{
    private const string Base = "Accounts Data Errors OpenApi Webhooks Wire";

    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["Errors"] = "",
        ["Data"] = "Errors",
        ["Wire"] = "Data Errors",
        ["Accounts"] = "ChatServices Data Errors Wire",
        ["OpenApi"] = "Accounts Errors Wire",
        ["Webhooks"] = "Accounts Data Errors",
        ["Hosting"] = "Accounts Data Errors Participants Receipts Webhooks Wire",
        ["ChatServices"] = $"{Base} Roles",
        ["Roles"] = $"{Base} ChatServices",
        ["Users"] = $"{Base} ChatServices Conversations Participants Roles",
        ["Conversations"] = $"{Base} ChatServices Messages Participants Receipts Users",
        ["Participants"] = $"{Base} ChatServices Conversations Roles Users",
        ["Messages"] = $"{Base} Conversations Participants Receipts",
        ["Receipts"] = $"{Base} Conversations Messages Participants",
        ["ParticipantConversations"] =
            "Accounts ChatServices Conversations Data Errors OpenApi Participants Users Wire",
        ["ConversationWithParticipants"] = $"{Base} ChatServices Conversations Participants Roles Users",
        ["UserConversations"] = $"{Base} Conversations Messages Participants Users",
        ["ConversationWebhooks"] = $"{Base} Configuration Conversations Messages",
        ["Configuration"] = $"{Base} ChatServices Conversations Roles",

        // Control may know any folder, and none knows it.
        ["Control"] = $"{Base} ChatServices Configuration Conversations Messages Participants Receipts Roles Users",

        // The same holds for the page that shows what Control knows.
        ["Console"] = "Accounts Control Hosting",
    };

    [Fact]
    public void Folders_have_only_the_allowed_references()
    {
        var source = Path.Combine(MarkdownFile.Repository, "src", "Conversations.Api");
        var arrows =
            from folder in Directory.GetDirectories(source).Select(Path.GetFileName)
            where folder is not "bin" and not "obj"
            from file in Directory.EnumerateFiles(Path.Combine(source, folder), "*.cs")
            from Match match in Reference().Matches(File.ReadAllText(file))
            let target = match.Groups["target"].Value
            where target != folder
            select $"{folder} -> {target}";
        var allowed = Allowed.SelectMany(pair =>
            pair.Value.Split(' ').Where(target => target != "").Select(target => $"{pair.Key} -> {target}")
        );

        Assert.Equal(allowed.Order(), arrows.Distinct().Order());
    }

    [GeneratedRegex(@"^using Conversations\.Api\.(?<target>\w+)(\.\w+)*;", RegexOptions.Multiline)]
    private static partial Regex Reference();
}
