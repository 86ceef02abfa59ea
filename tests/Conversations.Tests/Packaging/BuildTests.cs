using System.Text.Json.Nodes;

namespace Conversations.Tests.Packaging;

/// <summary>The promises of the project file about <c>dotnet run</c> and <c>dotnet publish</c>.</summary>
public sealed class BuildTests
{
    private static readonly string Project = Path.Combine(MarkdownFile.Repository, "src", "Conversations.Api");

    [Theory]
    [InlineData("false", "")]
    [InlineData("true", "true")]
    public async Task Only_publish_compiles_ahead_of_time(string isPublishing, string expected)
    {
        // "dotnet publish" sets this property, but takes minutes.
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

    // "dotnet run" builds with -v:quiet.
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
