using System.Text.RegularExpressions;

namespace Conversations.Api.Participants;

/// <summary>
/// The channels. The prefix of an address names its channel; an address without a prefix is sms, or email if it has an
/// @.
/// </summary>
public static partial class AddressType
{
    public const string Sms = "sms";

    public const string WhatsApp = "whatsapp";

    public const string Rcs = "rcs";

    public const string Email = "email";

    public const int MaxLength = 256;

    /// <summary>The type of the address; null for an unknown prefix.</summary>
    public static string? Of(string address) =>
        address.IndexOf(':', StringComparison.Ordinal) switch
        {
            < 0 => address.Contains('@', StringComparison.Ordinal) ? Email : Sms,
            var colon => address[..colon] is WhatsApp or Rcs or "messenger" or "gbm" or "apple" or "chat"
                ? address[..colon]
                : null,
        };

    /// <summary>Whether the address of a person, including its prefix, has the form that its type requires.</summary>
    public static bool IsAddress(string? type, string address) =>
        address.Length <= MaxLength
        && type switch
        {
            null => false,
            Email => EmailPattern().IsMatch(address),
            Sms or WhatsApp or Rcs => PhoneNumber.IsPossible(WithoutPrefix(type, address)),
            _ => WithoutPrefix(type, address).Length > 0,
        };

    /// <summary>
    /// Whether the address of a sender has the form that its type requires. A sender may also be a short code for sms,
    /// and the name of an agent for rcs.
    /// </summary>
    public static bool IsProxyAddress(string proxyAddress) =>
        proxyAddress.Length <= MaxLength
        && Of(proxyAddress) switch
        {
            null => false,
            Sms => PhoneNumber.IsPossible(proxyAddress) || ShortCodePattern().IsMatch(proxyAddress),
            Rcs => WithoutPrefix(Rcs, proxyAddress).Length > 0,
            var type => IsAddress(type, proxyAddress),
        };

    private static string WithoutPrefix(string type, string address) =>
        type == Sms ? address : address[Math.Min(type.Length + 1, address.Length)..];

    [GeneratedRegex(@"^[0-9]{3,8}\z")]
    private static partial Regex ShortCodePattern();

    [GeneratedRegex(@"^[^\s@]+@[^\s@]+\z")]
    private static partial Regex EmailPattern();
}
