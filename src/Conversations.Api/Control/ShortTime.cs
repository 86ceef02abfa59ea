using System.Globalization;

namespace Conversations.Api.Control;

/// <summary>The times of /control: 5s, 250ms, or a number of seconds.</summary>
internal static class ShortTime
{
    private static readonly decimal MaxSeconds = 1_000_000_000;

    /// <returns>Null for another text.</returns>
    public static TimeSpan? Read(string text)
    {
        var isMilliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        var digits =
            isMilliseconds ? text[..^2]
            : text.EndsWith('s') ? text[..^1]
            : text;
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds((double)Math.Min(isMilliseconds ? number / 1000 : number, MaxSeconds))
            : null;
    }
}
