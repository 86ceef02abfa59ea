using System.Globalization;

namespace Conversations.Bench;

/// <summary>What is going on, on the error output: one line that is written over on a terminal, else a line each.</summary>
internal static class Progress
{
    private static readonly DateTime Started = DateTime.UtcNow;

    public static void Say(string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow - Started:hh\\:mm\\:ss} {text}");
        Console.Error.Write(Console.IsErrorRedirected ? line + "\n" : $"\r{line.PadRight(110)[..110]}");
    }

    public static void Say(long done, long all, string text)
    {
        if (done % 500_000 == 0 && done > 0)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {all:N0} {text}"));
        }
    }

    /// <summary>Leaves the line as it is; what follows begins a new one.</summary>
    public static void End() => Console.Error.WriteLine();
}
