using System.Globalization;
using System.Net;
using Conversations.Api.Participants;
using Conversations.Api.Webhooks;
using Serilog.Events;

namespace Conversations.Api.Hosting;

/// <summary>What the text of a setting must be; see <see cref="Setting.Check"/>.</summary>
public static class SettingRules
{
    /// <summary>The reader of the setting checks it.</summary>
    public static string? Anything(string text) => null;

    public static string? Boolean(string text) => bool.TryParse(text, out _) ? null : "must be true or false";

    public static Func<string, string?> WholeNumber(int least, int most) =>
        text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
                ? null
            : most == int.MaxValue ? $"must be a whole number, {least} or more"
            : $"must be a whole number from {least} to {most}";

    public static Func<string, string?> Seconds(double least, double most) =>
        text =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"must be a number of seconds from {least} to {most}");

    public static string? Network(string text) =>
        Networks.TryParse(text, out _) ? null : "must be an address or a network such as 10.0.0.0/8";

    public static string? Host(string text) =>
        Uri.CheckHostName(text) != UriHostNameType.Unknown
            ? null
            : "must be a host name or an address, without scheme, port or *";

    public static string? Sender(string text) =>
        AddressType.IsProxyAddress(text)
            ? null
            : "must be a number (+15017122661) or a sender (whatsapp:+15017122661), as in ProxyAddress";

    public static string? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Host.Length > 0
        && url is { Query: "", Fragment: "", UserInfo: "" }
        && !text.EndsWith('?')
        && !text.EndsWith('#')
            ? null
            : "must be an http or https URL without query, such as https://conversations.example.com";

    public static string? LogLevel(string text) =>
        text.StartsWith('$') || Enum.GetNames<LogEventLevel>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? null // With $ it is the name of a switch.
            : $"must be one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}";

    public static string? Ports(string text) =>
        Entries(text).All(IsPort) ? null : "must be a port, or several with ; between them";

    /// <summary>Addresses with ; between them.</summary>
    public static string? Addresses(string text) =>
        Entries(text).Select(Address).FirstOrDefault(wrong => wrong is not null);

    /// <summary>
    /// An address to listen on. Kestrel takes any host that is no IP address for every address of this machine, which
    /// a user who names a host does not mean.
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

    private static string[] Entries(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsHost(string host) =>
        host is "*" or "+"
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _);

    private static bool IsPort(string text) =>
        text == "*" || ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
