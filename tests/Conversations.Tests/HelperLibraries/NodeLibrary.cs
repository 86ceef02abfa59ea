using System.Diagnostics;

namespace Conversations.Tests.HelperLibraries;

/// <summary>The library in the version of the lock file.</summary>
internal static class NodeLibrary
{
    private static readonly NodeModules Modules = NodeModules.Find("twilio-node", LibraryProgram.PathOf("node"));

    /// <summary>Null when the library is available, else the reason to skip.</summary>
    public static string? Unavailable =>
        Modules.Unavailable is { } reason ? $"No Twilio library for Node.js: {reason}" : null;

    public static ProcessStartInfo Start(string program) => Modules.Start(program);
}
