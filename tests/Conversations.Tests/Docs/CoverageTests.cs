using System.Text.RegularExpressions;
using Conversations.Tests.Conformance;

namespace Conversations.Tests.Docs;

/// <summary>The coverage table of README.md, compared with the operations that are served.</summary>
public sealed partial class CoverageTests
{
    private const string InService = "Services/{ChatServiceSid}/";

    private const string Settings = "Configuration";

    private static readonly string[] Verbs = ["Create", "Fetch", "List", "Update", "Delete"];

    // OpenApiTests compares the intended operations with the served ones.
    [Fact]
    public void The_table_has_exactly_the_served_operations() =>
        Assert.Equal(
            OfficialOperation.Intended.Select(NameOf).Distinct().Order(StringComparer.Ordinal),
            InTable().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Resources_with_two_route_shapes_have_the_same_operations_in_both()
    {
        var byShape = OfficialOperation
            .Intended.Where(operation => !NameOf(operation).Contains(Settings, StringComparison.Ordinal))
            .Where(operation => Resources.Of(operation.Path) != Resources.Services)
            .ToLookup(operation => operation.Path.StartsWith($"/v1/{InService}", StringComparison.Ordinal), NameOf);

        Assert.Equal(byShape[false].Order(StringComparer.Ordinal), byShape[true].Order(StringComparer.Ordinal));
    }

    // One name for both route shapes, except of settings: those of an account and of a service differ.
    private static string NameOf(OfficialOperation operation)
    {
        var list = LastParameter.Replace(operation.Path["/v1/".Length..], "");
        var path = list.StartsWith(InService, StringComparison.Ordinal) ? list[InService.Length..] : list;
        path = path.StartsWith(Settings, StringComparison.Ordinal) ? list : path;
        return $"{path} {Verbs.Single(verb => operation.Id.StartsWith(verb, StringComparison.Ordinal))}";
    }

    private static IEnumerable<string> InTable() =>
        from line in MarkdownFile.Read("README.md").Text.Split("## What it covers")[1].Split("\n## ")[0].Split('\n')
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        where cells.Length == Verbs.Length + 3
        from path in cells[1].Split(" and its Webhooks") is [var settings, ""]
            ? [settings, $"{settings}/Webhooks"]
            : (string[])[cells[1]]
        from verb in Verbs.Index()
        where cells[verb.Index + 2].StartsWith('✓')
        select $"{path} {verb.Item}";

    [GeneratedRegex("/{[A-Za-z]+}$")]
    private static partial Regex LastParameter { get; }
}
