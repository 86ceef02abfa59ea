using PhoneNumbers;

namespace Conversations.Api.Participants;

/// <summary>
/// Checks phone numbers in E.164 with the numbering plans of libphonenumber: the length must be possible in the
/// number's country. The number need not be assigned, because those in Twilio's samples (+15558675310, +15005550006)
/// are not.
/// </summary>
public static class PhoneNumber
{
    // Some plans allow more digits than the 15 of E.164.
    private const int MaxLength = 16;

    private const int NorthAmerica = 1;

    // Created with the first number that is checked. It reads the plan of a country with that country's first number.
    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>Whether the number is possible in its country.</summary>
    public static bool IsPossible(string number) => Read(number) is not null;

    /// <summary>
    /// Whether the number belongs to the US or Canada: +1 and ten digits, except the numbers of the other countries and
    /// territories in +1. An unassigned area code (555) counts as US or Canadian.
    /// </summary>
    public static bool IsUsOrCanadian(string number) =>
        Read(number) is { CountryCode: NorthAmerica } read
        && Plans.GetRegionCodeForNumber(read) is null or "" or "US" or "CA";

    private static PhoneNumbers.PhoneNumber? Read(string number)
    {
        if (number.Length > MaxLength)
        {
            return null;
        }

        var current = WithoutMexicanPrefix(number);
        try
        {
            // The parser also accepts blanks, letters, extensions and national prefixes. E.164 has none of them.
            var read = Plans.Parse(current, defaultRegion: null);
            var isPossible = Plans.IsPossibleNumberWithReason(read) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE;
            return isPossible && Plans.Format(read, PhoneNumberFormat.E164) == current ? read : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    // Mexico's mobile numbers lost their leading 1 in 2019. WhatsApp and some of Twilio's pages still use it
    // (https://www.twilio.com/sms/guidelines/mx).
    private static string WithoutMexicanPrefix(string number) =>
        number is { Length: 14 } && number.StartsWith("+521", StringComparison.Ordinal) ? $"+52{number[4..]}" : number;
}
