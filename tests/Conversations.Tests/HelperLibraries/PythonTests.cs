namespace Conversations.Tests.HelperLibraries;

/// <summary>
/// Calls the server through Twilio's library for Python. The scenarios are in the folder python.
/// </summary>
public sealed class PythonTests
{
    private const string Program = "python/main.py";

    private static readonly LibraryProgram Library = new(Program, PythonLibrary.Start);

    [NeedsPython, Scenarios(Program)]
    public Task The_server_passes_the_scenarios_of_Twilio_for_Python(Store store, Shape shape, string scenario) =>
        Library.PassesAsync(store, shape, scenario);
}
