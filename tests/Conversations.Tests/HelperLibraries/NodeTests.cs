using System.Diagnostics;

namespace Conversations.Tests.HelperLibraries;

/// <summary>Twilio's library for Node.js drives the server; the scenarios stand in node/participants.cjs.</summary>
public sealed class NodeTests
{
    private const string Program = "node/participants.cjs";

    private static readonly LibraryProgram Library = new(Program, NodeLibrary.Start);

    [NeedsNode, Scenarios(Program)]
    public Task Twilio_for_Node_js(Store store, Shape shape, string scenario) =>
        Library.PassesAsync(store, shape, scenario);
}

public sealed class NeedsNodeAttribute() : TheoryNeedsAttribute(NodeLibrary.Unavailable);

/// <summary>The library as the lock file names it.</summary>
internal static class NodeLibrary
{
    private static readonly NodeModules Modules = NodeModules.Find("twilio-node", LibraryProgram.PathOf("node"));

    /// <summary>Null when the library can be had, else the reason to skip.</summary>
    public static string? Unavailable =>
        Modules.Unavailable is { } reason ? $"No Twilio library for Node.js: {reason}" : null;

    public static ProcessStartInfo Start(string program) => Modules.Start(program);
}
