using System.Globalization;

namespace Conversations.Bench;

/// <summary>
/// Progress on standard error: one line that is overwritten on a terminal, else one line for each step.
/// </summary>
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

    /// <summary>Keeps the current line; the next text starts a new one.</summary>
    public static void End() => Console.Error.WriteLine();
}
