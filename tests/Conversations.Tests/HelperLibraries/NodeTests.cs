using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Conversations.Tests.HelperLibraries;

/// <summary>Twilio's library for Node.js drives the server; the scenarios stand in node/participants.cjs.</summary>
public sealed class NodeTests
{
    private const string Program = "node/participants.cjs";

    private static readonly LibraryProgram Library = new(Program, NodeLibrary.Start);

    [NeedsNode, Scenarios(Program)]
    public Task Twilio_for_Node_js(Store store, Shape shape, string scenario) => Library.PassesAsync(store, shape, scenario);
}

public sealed class NeedsNodeAttribute() : TheoryNeedsAttribute(NodeLibrary.Unavailable);

/// <summary>The library as the lock file names it. npm fetches it once, into the user's cache.</summary>
internal static class NodeLibrary
{
    private const int OldestNode = 20;

    // A skip must be known before the test starts, so that whether it can be fetched is found out by fetching it here.
    private static readonly (string? Modules, string? Unavailable) Found = FindAsync().GetAwaiter().GetResult();

    /// <summary>Null when the library can be had, else the reason to skip.</summary>
    public static string? Unavailable => Found.Unavailable;

    public static ProcessStartInfo Start(string program) => new(NodePackages.Node!, [program])
    {
        Environment = { ["NODE_PATH"] = Found.Modules ?? throw new InvalidOperationException(Unavailable) },
    };

    private static async Task<(string? Modules, string? Unavailable)> FindAsync()
    {
        const string None = "No Twilio library for Node.js: ";
        if (NodePackages.Node is not { } node || NodePackages.Npm is not { } npm)
        {
            return (null, $"{None}node and npm are not both on PATH.");
        }

        try
        {
            var version = (await PostgresBinaries.RunAsync(Path.GetTempPath(), [node, "--version"])).Trim();
            if (int.Parse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < OldestNode)
            {
                return (null, $"{None}it wants Node.js {OldestNode} or newer, and {node} is {version}.");
            }

            return (Path.Combine(await FetchAsync(npm), "node_modules"), null);
        }
        catch (InvalidOperationException failure)
        {
            return (null, None + failure.Message);
        }
    }

    private static async Task<string> FetchAsync(string npm)
    {
        var locked = LibraryProgram.PathOf("node/package-lock.json");
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(locked)))[..16];
        return await NodePackages.FetchAsync($"twilio-node-{version}", Path.GetTempPath(), async fresh =>
        {
            foreach (var file in (string[])[".npmrc", "package.json", "package-lock.json"])
            {
                File.Copy(LibraryProgram.PathOf($"node/{file}"), Path.Combine(fresh, file));
            }

            await PostgresBinaries.RunAsync(fresh, [npm, "ci", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]);
        });
    }
}
