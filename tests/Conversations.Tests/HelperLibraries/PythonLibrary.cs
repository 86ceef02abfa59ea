using System.ComponentModel;
using System.Diagnostics;

namespace Conversations.Tests.HelperLibraries;

/// <summary>
/// The installed library: from pip for the python3 on PATH, or from the distribution for its own python3.
/// </summary>
internal static class PythonLibrary
{
    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3", "python"];

    private static readonly string? Interpreter = Interpreters.FirstOrDefault(interpreter =>
        HasLibraryAsync(interpreter).GetAwaiter().GetResult()
    );

    /// <summary>Null when an interpreter has the library, else the reason to skip.</summary>
    public static string? Unavailable =>
        Interpreter is not null
            ? null
            : $"No Twilio library for Python: none of {string.Join(", ", Interpreters)} can import twilio "
                + "(Debian: apt-get install python3-twilio; else pip install twilio).";

    // -B: Python writes no compiled files beside the program.
    public static ProcessStartInfo Start(string program) =>
        new(Interpreter ?? throw new InvalidOperationException(Unavailable), ["-B", program]);

    private static async Task<bool> HasLibraryAsync(string interpreter)
    {
        try
        {
            return (await PostgresBinaries.TryRunAsync(Path.GetTempPath(), [interpreter, "-c", "import twilio"])).Code
                == 0;
        }
        catch (Win32Exception)
        {
            return false; // The program does not exist.
        }
    }
}
