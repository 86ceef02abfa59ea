using System.Globalization;
using System.Security.Cryptography;

namespace Conversations.Api.Data;

/// <summary>Twilio's identifiers: a prefix of two letters, then 32 hexadecimal digits.</summary>
public static class Sids
{
    public const int Length = 34;

    private const int PrefixLength = 2;

    private const int TimeLength = 16;

    private static long last;

    /// <summary>
    /// Makes a SID that sorts after every SID that this process made before, and after the last one of
    /// <see cref="StartAfter"/>: 16 digits of time (in units of 100 ns, strictly increasing), then 16 random digits.
    /// Lists and page tokens depend on that order.
    /// </summary>
    public static string New(string prefix, DateTimeOffset now)
    {
        var next = Advance(now.UtcTicks);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}{next:x16}{RandomNumberGenerator.GetHexString(16, lowercase: true)}"
        );
    }

    /// <summary>
    /// Makes all further SIDs sort after this one of another process, whose clock may have been ahead.
    /// </summary>
    public static void StartAfter(string sid)
    {
        if (TimeOf(sid) is { } time)
        {
            Advance(time);
        }
    }

    /// <summary>The time in a SID. Null if it has none: the database may contain SIDs that no server made.</summary>
    public static long? TimeOf(string sid) =>
        long.TryParse(
            sid.AsSpan(PrefixLength, TimeLength),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture,
            out var time
        )
        && time >= 0
        && time <= DateTime.MaxValue.Ticks
            ? time
            : null;

    /// <summary>Makes a SID for a resource type.</summary>
    public static string New<T>(DateTimeOffset now)
        where T : IResource => New(T.SidPrefix, now);

    /// <summary>Whether the text has the form of a SID of the resource type.</summary>
    public static bool Is<T>(string text)
        where T : IResource => Is(T.SidPrefix, text);

    /// <summary>
    /// Whether the text has the form of a SID (^MB[0-9a-fA-F]{32}$): the digits may be upper or lower case.
    /// </summary>
    public static bool Is(string prefix, string text) =>
        text.Length == Length
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.AsSpan(prefix.Length).IndexOfAnyExcept(HexDigits) < 0;

    // Returns a number that is greater than all earlier ones, and not less than the time.
    private static long Advance(long time)
    {
        long seen,
            next;
        do
        {
            seen = Interlocked.Read(ref last);
            next = Math.Max(time, seen + 1);
        } while (Interlocked.CompareExchange(ref last, next, seen) != seen);

        return next;
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create(
        "0123456789abcdefABCDEF"
    );
}
