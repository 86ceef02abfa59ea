using System.Globalization;
using System.Net;
using System.Text;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Serilog.Events;

namespace Conversations.Api.Hosting;

/// <summary>The rules for the texts of settings; see <see cref="Setting.Check"/>.</summary>
public static class SettingRules
{
    /// <summary>Accepts any text. The code that reads the setting checks it.</summary>
    public static string? Anything(string text) => null;

    public static string? Boolean(string text) => bool.TryParse(text, out _) ? null : "must be true or false";

    public static Func<string, string?> WholeNumber(int min, int max) =>
        text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
                ? null
            : max == int.MaxValue ? $"must be a whole number, {min} or more"
            : $"must be a whole number from {min} to {max}";

    public static Func<string, string?> Seconds(double min, double max) =>
        text =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"must be a number of seconds from {min} to {max}");

    public static string? Network(string text) =>
        Networks.TryParse(text, out _) ? null : "must be an address or a network such as 10.0.0.0/8";

    public static string? Host(string text) =>
        HostName.TryNormalize(text, out _) ? null : "must be a host name or an address, without scheme, port or *";

    /// <summary>Host names, separated by ;, with * as a first label or for any name.</summary>
    public static string? HostNames(string text) =>
        Entries(text)
            .All(name =>
                name == "*" || Host(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) is null
            )
            ? null
            : "must be host names with ; between them, without scheme or port: example.com, *.example.com, "
                + "or * for any";

    public static string? Sender(string text) =>
        AddressType.IsProxyAddress(text)
            ? null
            : "must be a number (+15017122661) or a sender (whatsapp:+15017122661), as in ProxyAddress";

    public static string? Recipient(string text) =>
        AddressType.IsAddress(AddressType.Of(text), text)
            ? null
            : "must be an address (+15558675310, whatsapp:+15558675310), as in MessagingBinding.Address";

    public static string? FailedStatus(string text) =>
        text is ReceiptStatus.Failed or ReceiptStatus.Undelivered ? null : "must be failed or undelivered";

    public static string? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Host.Length > 0
        && url is { Query: "", Fragment: "", UserInfo: "" }
        && IsWritten(text)
        && Uri.IsWellFormedUriString(text, UriKind.Absolute)
        && !text.EndsWith('?')
        && !text.EndsWith('#')
            ? null
            : "must be an http or https URL without query, such as "
                + "https://conversations.example.com, with characters of "
                + "ASCII only";

    public static string? LogLevel(string text) =>
        text.StartsWith('$') || Enum.GetNames<LogEventLevel>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? null // A text with $ is the name of a level switch.
            : $"must be one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}";

    public static string? Ports(string text) =>
        Entries(text).All(IsPort) ? null : "must be a port, or several ports separated by ;";

    /// <summary>Addresses, separated by ;.</summary>
    public static string? Addresses(string text) =>
        Entries(text).Select(Address).FirstOrDefault(wrong => wrong is not null);

    /// <summary>
    /// An address to listen on. Kestrel listens on every address of the machine when the host is not an IP address. A
    /// user who sets a host name does not mean that.
    /// </summary>
    public static string? Address(string text)
    {
        const string Example = "such as http://localhost:8080, or http://*:8080 for every address of this machine";
        try
        {
            var address = BindingAddress.Parse(text);
            return address.Scheme is not ("http" or "https") || address.PathBase.Length > 0
                    ? $"must be http or https addresses without a path, {Example}"
                : address.IsUnixPipe || address.IsNamedPipe || IsHost(address.Host) && address.Port is >= 0 and <= 65535
                    ? null
                : $"must name addresses of this machine and ports from 0 to 65535, {Example}";
        }
        catch (FormatException)
        {
            return $"must be http or https addresses without a path, {Example}";
        }
    }

    // The text stands in the URLs of answers as it is. .NET reads URLs with blanks and other characters, too.
    private static bool IsWritten(string text) =>
        Ascii.IsValid(text)
        && !text.Any(c => c is <= ' ' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}');

    private static string[] Entries(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsHost(string host) =>
        host is "*" or "+"
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _);

    private static bool IsPort(string text) =>
        text == "*" || ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
