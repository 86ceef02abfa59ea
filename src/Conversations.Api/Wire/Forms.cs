using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Conversations.Api.Wire;

/// <summary>
/// Reads the text of parameters. An absent parameter is null. Node.js, PHP and Ruby send an empty text for a null, so
/// it means "not given" wherever Twilio has no error or value of its own for it.
/// </summary>
public static partial class Forms
{
    /// <summary>The word that removes a value where Twilio says so.</summary>
    public const string Null = "null";

    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd",
    ];

    // Longer timers could not be added to a date.
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36_525);

    /// <summary>The text; null when it is absent or empty.</summary>
    public static string? NullIfEmpty(this string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Whether the text is absent, empty or an ISO 8601 date.</summary>
    public static bool IsDate(string? text) => text.NullIfEmpty() is null || TryReadDate(text, out _);

    /// <summary>
    /// The date in UTC; null when the text is absent or empty. A date without a zone is in UTC: Java's library sends
    /// those.
    /// </summary>
    public static DateTime? Date(string? text) =>
        text.NullIfEmpty() is not null && TryReadDate(text, out var date) ? date : null;

    /// <summary>
    /// An ISO 8601 duration of days, hours, minutes and seconds (P1D, PT1H30M, PT0.5S), in upper or lower case; null
    /// when the text is not one. A guess: years, months and weeks, whose length varies, and signs are not accepted.
    /// </summary>
    public static TimeSpan? Duration(string text)
    {
        try
        {
            return
                DurationPattern().IsMatch(text)
                && XmlConvert.ToTimeSpan(text.ToUpperInvariant()) is var duration
                && duration <= LongestDuration
                ? duration
                : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static bool TryReadDate(string? text, out DateTime date)
    {
        var read = DateTimeOffset.TryParseExact(
            text?.ToUpperInvariant(),
            DateFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var value
        );
        date = value.UtcDateTime;
        return read;
    }

    [GeneratedRegex(@"^[Pp]([0-9]+[Dd])?([Tt]([0-9]+[Hh])?([0-9]+[Mm])?([0-9]+(\.[0-9]+)?[Ss])?)?\z")]
    private static partial Regex DurationPattern();
}
