using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Conversations.TestSupport;

/// <summary>npm packages of a lock file. npm fetches them once, into the user's cache.</summary>
internal sealed class NodeModules
{
    private const int OldestNode = 20;

    private readonly string? modules;

    private NodeModules(string? modules, string? unavailable) => (this.modules, Unavailable) = (modules, unavailable);

    /// <summary>Null when the packages are available, else the reason to skip.</summary>
    public string? Unavailable { get; }

    /// <summary>
    /// Fetches the packages. This happens before a test starts, because a skip must be known by then.
    /// </summary>
    /// <param name="name">The name of the folder in the cache.</param>
    /// <param name="folder">The folder with package.json, package-lock.json and .npmrc.</param>
    public static NodeModules Find(string name, string folder) => FindAsync(name, folder).GetAwaiter().GetResult();

    /// <summary>The start information of a program that needs the packages.</summary>
    public ProcessStartInfo Start(string program) =>
        new(NodePackages.Node!, [program])
        {
            Environment = { ["NODE_PATH"] = modules ?? throw new InvalidOperationException(Unavailable) },
        };

    private static async Task<NodeModules> FindAsync(string name, string folder)
    {
        if (NodePackages.Node is not { } node || NodePackages.Npm is not { } npm)
        {
            return new(null, "node and npm are not both on PATH.");
        }

        try
        {
            var version = (await PostgresBinaries.RunAsync(Path.GetTempPath(), [node, "--version"])).Trim();
            return int.Parse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < OldestNode
                ? new(null, $"it needs Node.js {OldestNode} or newer; {node} is {version}.")
                : new(Path.Combine(await FetchAsync(npm, name, folder), "node_modules"), null);
        }
        catch (InvalidOperationException failure)
        {
            return new(null, failure.Message);
        }
    }

    private static async Task<string> FetchAsync(string npm, string name, string folder)
    {
        var locked = await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"));
        var version = Convert.ToHexStringLower(SHA256.HashData(locked))[..16];
        return await NodePackages.FetchAsync(
            $"{name}-{version}",
            Path.GetTempPath(),
            async fresh =>
            {
                foreach (var file in (string[])[".npmrc", "package.json", "package-lock.json"])
                {
                    File.Copy(Path.Combine(folder, file), Path.Combine(fresh, file));
                }

                string[] limits = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"];
                await PostgresBinaries.RunAsync(fresh, [npm, "ci", "--loglevel=error", .. limits]);
            }
        );
    }
}
