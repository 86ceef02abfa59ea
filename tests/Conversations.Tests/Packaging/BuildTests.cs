using System.Text.Json.Nodes;

namespace Conversations.Tests.Packaging;

/// <summary>What the project file promises of <c>dotnet run</c> and <c>dotnet publish</c>.</summary>
public sealed class BuildTests
{
    private static readonly string Project = Path.Combine(MarkdownFile.Repository, "src", "Conversations.Api");

    [Theory]
    [InlineData("false", "")]
    [InlineData("true", "true")]
    public async Task Only_a_publish_is_compiled_ahead_of_time(string isPublishing, string expected)
    {
        // "dotnet publish" sets the property and would take minutes.
        var output = await PostgresBinaries.RunAsync(
            MarkdownFile.Repository,
            [
                "dotnet",
                "msbuild",
                Project,
                $"-p:_IsPublishing={isPublishing}",
                "-getProperty:PublishReadyToRun",
                "-getProperty:Configuration",
            ]
        );

        Assert.Equal(expected, (string?)JsonNode.Parse(output)!["Properties"]!["PublishReadyToRun"]);
    }

    // -v:quiet is how "dotnet run" builds.
    [NeedsTerminal]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_build_announces_itself_in_the_terminal(bool hasBeenBuilt)
    {
        var folder = Directory.CreateTempSubdirectory("conversations-build-").FullName;
        var target = Path.Combine(folder, "Conversations.Api.dll");
        if (hasBeenBuilt)
        {
            await File.WriteAllTextAsync(target, "");
        }

        var output = await PostgresBinaries.RunAsync(
            folder,
            [
                "script",
                "-qec",
                string.Join(
                    ' ',
                    "dotnet msbuild",
                    Project,
                    "-t:Restore -v:quiet -nologo",
                    $"-p:MSBuildProjectExtensionsPath={folder}/",
                    $"-p:TargetPath={target}"
                ),
                "/dev/null",
            ]
        );

        Assert.Equal(!hasBeenBuilt, output.Contains("Building Conversations", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A theory whose command runs in a terminal, which script of util-linux makes.</summary>
public sealed class NeedsTerminalAttribute()
    : TheoryNeedsAttribute(
        OperatingSystem.IsLinux() && PostgresBinaries.OnPath("script") is not null
            ? null
            : "There is no script of util-linux on PATH."
    );
