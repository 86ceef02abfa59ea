using System.Text.RegularExpressions;

namespace Conversations.Api.Participants;

/// <summary>The channels, told by an address's prefix: none is sms, or email when the address looks like one.</summary>
public static partial class AddressType
{
    public const string Sms = "sms";

    public const string WhatsApp = "whatsapp";

    public const string Rcs = "rcs";

    public const string Email = "email";

    public const int MaxLength = 256;

    /// <summary>The address's type; null for a prefix that is no channel.</summary>
    public static string? Of(string address) =>
        address.IndexOf(':', StringComparison.Ordinal) switch
        {
            < 0 => address.Contains('@', StringComparison.Ordinal) ? Email : Sms,
            var colon => address[..colon] is WhatsApp or Rcs or "messenger" or "gbm" or "apple" or "chat"
                ? address[..colon]
                : null,
        };

    /// <summary>Whether the address of a person has the form its type wants; the prefix belongs to it.</summary>
    public static bool IsAddress(string? type, string address) =>
        address.Length <= MaxLength
        && type switch
        {
            null => false,
            Email => EmailPattern().IsMatch(address),
            Sms or WhatsApp or Rcs => PhoneNumber.IsPossible(WithoutPrefix(type, address)),
            _ => WithoutPrefix(type, address).Length > 0,
        };

    /// <summary>Whether the address of a sender has the form its type wants; for sms a short code will do too, for rcs an agent's name.</summary>
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
