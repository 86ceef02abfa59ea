using PhoneNumbers;

namespace Conversations.Api.Participants;

/// <summary>
/// Phone numbers in E.164, judged by the numbering plans of libphonenumber: a number has a length that numbers of its
/// country have. It need not be assigned: the numbers of Twilio's samples (+15558675310, +15005550006) are not.
/// </summary>
public static class PhoneNumber
{
    // Some plans allow more digits than the 15 of E.164.
    private const int MaxLength = 16;

    private const int NorthAmerica = 1;

    // Made with the first number, and the plan of each country is read with its first number.
    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>Whether a country has numbers like this.</summary>
    public static bool IsPossible(string number) => Read(number) is not null;

    /// <summary>
    /// Whether it is a number of the US or Canada: +1 and ten digits, without those of the other countries and
    /// territories of +1. An unassigned area code (555) counts as theirs.
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
            // The parser also takes blanks, letters, extensions and prefixes of national calls. E.164 has none of them.
            var read = Plans.Parse(current, defaultRegion: null);
            var isPossible = Plans.IsPossibleNumberWithReason(read) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE;
            return isPossible && Plans.Format(read, PhoneNumberFormat.E164) == current ? read : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    // Mexico's mobile numbers lost their leading 1 in 2019. WhatsApp and some of Twilio's pages
    // (https://www.twilio.com/sms/guidelines/mx) still have them with it.
    private static string WithoutMexicanPrefix(string number) =>
        number is { Length: 14 } && number.StartsWith("+521", StringComparison.Ordinal) ? $"+52{number[4..]}" : number;
}
