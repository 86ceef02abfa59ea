using System.Text.Json;

namespace Conversations.Bench;

/// <summary>The published server and the commands that start it.</summary>
internal sealed class Build(string folder)
{
    public static string Repository { get; } = FindRepository();

    private string Executable =>
        Path.Combine(folder, "Conversations.Api" + (OperatingSystem.IsWindows() ? ".exe" : ""));

    public static async Task<Build> PublishAsync(string folder, params string[] options)
    {
        Progress.Say(string.Join(' ', ["publishing the server", .. options]));
        var project = Path.Combine(Repository, "src", "Conversations.Api");
        await PostgresBinaries.RunAsync(
            Repository,
            ["dotnet", "publish", project, "-c", "Release", "-o", folder, "--nologo", "-v", "quiet", .. options]
        );
        return new(folder);
    }

    public Task<Host> StartOnPostgresAsync(string connectionString) =>
        StartAsync(folder, ("ConnectionStrings__Postgres", connectionString));

    public Task<Host> StartOnSqliteAsync(string file) =>
        StartAsync(Path.GetDirectoryName(file)!, ("ConnectionStrings__Sqlite", $"Data Source={file}"));

    public Task<Host> StartFloorAsync(string connectionString)
    {
        // The floor uses the garbage collector settings that the Web SDK publishes for the server.
        using var settings = JsonDocument.Parse(
            File.ReadAllText(Path.ChangeExtension(Path.Combine(folder, "Conversations.Api"), ".Api.runtimeconfig.json"))
        );
        var collector =
            settings
                .RootElement.GetProperty("runtimeOptions")
                .GetProperty("configProperties")
                .TryGetProperty("System.GC.Server", out var server) && server.GetBoolean();
        return Host.StartAsync(
            "dotnet",
            [typeof(Build).Assembly.Location, "floor", connectionString],
            folder,
            ("DOTNET_gcServer", collector ? "1" : "0")
        );
    }

    /// <summary>The commit under test, marked when files have changed since.</summary>
    public static async Task<string> CommitAsync() =>
        (
            await PostgresBinaries.TryRunAsync(
                Repository,
                ["git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
            )
        )
            is (0, var commit)
            ? commit.Trim()
            : "unknown";

    private Task<Host> StartAsync(string workingFolder, (string Name, string Value) database) =>
        Host.StartAsync(
            Executable,
            ["--urls", "http://127.0.0.1:0"],
            workingFolder,
            database,
            ("Accounts__0__Sid", Dataset.AccountSid),
            ("Accounts__0__AuthToken", Dataset.AuthToken)
        );

    private static string FindRepository()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Conversations.sln")))
        {
            at =
                Path.GetDirectoryName(at)
                ?? throw new InvalidOperationException("No folder above this program contains Conversations.sln.");
        }

        return at;
    }
}
