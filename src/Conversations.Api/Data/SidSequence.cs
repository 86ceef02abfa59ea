using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Conversations.Api.Data;

/// <summary>
/// The SIDs that one request of an account with a seed makes. They follow from the seed, the number of the request and
/// their own number, and sort by both numbers.
/// </summary>
/// <param name="request">The number of the request among those of the account.</param>
public sealed class SidSequence(long seed, long request)
{
    // In place of a time: the year 2000, so that the SIDs do not delay those of other accounts (Sids.StartAfter).
    private const long Start = 630_822_816_000_000_000;

    // The year 2020. The SIDs of other accounts have a later time.
    private const long End = 637_134_336_000_000_000;

    // One request makes fewer SIDs than 2^20.
    private const int NumberBits = 20;

    private const int RandomBytes = 8;

    private long number;

    public string Next(string prefix)
    {
        var time = Start + (request << NumberBits) + number++;
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{time:x16}{Digits(seed, $"{time}", RandomBytes)}");
    }

    /// <summary>The number of the request that made the SID; 0 for a SID that is not of such an account.</summary>
    public static long RequestOf(string sid) =>
        Sids.TimeOf(sid) is { } time && time >= Start && time < End ? (time - Start) >> NumberBits : 0;

    /// <summary>Hexadecimal digits that follow from a seed and a text.</summary>
    public static string Digits(long seed, string text, int bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {text}")).AsSpan(0, bytes));
}
