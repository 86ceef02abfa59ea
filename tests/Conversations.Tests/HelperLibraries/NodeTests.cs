namespace Conversations.Tests.HelperLibraries;

/// <summary>
/// Calls the server through Twilio's library for Node.js. The scenarios are in the folder node.
/// </summary>
public sealed class NodeTests
{
    private const string Program = "node/main.cjs";

    private static readonly LibraryProgram Library = new(Program, NodeLibrary.Start);

    [NeedsNode, Scenarios(Program)]
    public Task The_server_passes_the_scenarios_of_Twilio_for_Node_js(Store store, Shape shape, string scenario) =>
        Library.PassesAsync(store, shape, scenario);
}
