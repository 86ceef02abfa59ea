using System.Globalization;
using System.Security.Cryptography;

namespace Conversations.Api.Data;

/// <summary>Twilio's identifiers: a prefix of two letters and 32 hexadecimal digits.</summary>
public static class Sids
{
    private const int Length = 34;

    private static long last;

    /// <summary>
    /// A new SID that sorts after every one this process made before: 16 digits of time (units of 100 ns, strictly increasing) and
    /// 16 random ones. Lists and page tokens rest on that order.
    /// </summary>
    public static string New(string prefix, DateTimeOffset now)
    {
        long seen,
            next;
        do
        {
            seen = Interlocked.Read(ref last);
            next = Math.Max(now.UtcTicks, seen + 1);
        } while (Interlocked.CompareExchange(ref last, next, seen) != seen);

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}{next:x16}{RandomNumberGenerator.GetHexString(16, lowercase: true)}"
        );
    }

    /// <summary>A new SID of a resource.</summary>
    public static string New<T>(DateTimeOffset now)
        where T : IResource => New(T.SidPrefix, now);

    /// <summary>Whether the text has the form of a resource's SID.</summary>
    public static bool Is<T>(string text)
        where T : IResource => Is(T.SidPrefix, text);

    /// <summary>Whether the text has the form of a SID, in either case of letters (^MB[0-9a-fA-F]{32}$).</summary>
    public static bool Is(string prefix, string text) =>
        text.Length == Length
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.AsSpan(prefix.Length).IndexOfAnyExcept(HexDigits) < 0;

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create(
        "0123456789abcdefABCDEF"
    );
}
