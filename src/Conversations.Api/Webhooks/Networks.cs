using System.Net;
using System.Net.Sockets;
using Conversations.Api.Errors;
using IPNetwork = System.Net.IPNetwork;

namespace Conversations.Api.Webhooks;

/// <summary>Reads networks in settings: 10.0.0.0/8, or a single address.</summary>
public static class Networks
{
    // Addresses that are not public: RFC 6890 and the IANA registries that it defines, as of 2026.
    private static readonly IPNetwork[] SpecialIPv4 =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        }.Select(IPNetwork.Parse),
    ];

    // IPv6 has public addresses only in 2000::/3, except for special networks in it, such as 6to4 (RFC 3056) and Teredo
    // (RFC 4380).
    private static readonly IPNetwork GlobalIPv6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialIPv6 =
    [
        .. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20" }.Select(
            IPNetwork.Parse
        ),
    ];

    /// <summary>Whether the address is one of the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? !SpecialIPv4.Any(network => network.Contains(address))
            : GlobalIPv6.Contains(address) && !SpecialIPv6.Any(network => network.Contains(address));
    }

    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return IsComplete(network.BaseAddress, text.Split('/')[0]);
        }

        var isAddress = IPAddress.TryParse(text, out var address) && IsComplete(address, text);
        network = isAddress ? new(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }

    // .NET reads "10" as 0.0.0.10, and "010.0.0.1" as 8.0.0.1.
    private static bool IsComplete(IPAddress address, string text) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text;

    /// <exception cref="ConfigurationException">The text is neither.</exception>
    public static IPNetwork Parse(string text) =>
        TryParse(text, out var network)
            ? network
            : throw new ConfigurationException($"{text} is neither an address nor a network such as 10.0.0.0/8.");
}
