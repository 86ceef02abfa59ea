using System.Net;
using Conversations.Api.Errors;
using IPNetwork = System.Net.IPNetwork;

namespace Conversations.Api.Webhooks;

/// <summary>Reads networks in settings: 10.0.0.0/8, or a single address.</summary>
public static class Networks
{
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return true;
        }

        var isAddress = IPAddress.TryParse(text, out var address);
        network = isAddress ? new(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }

    /// <exception cref="ConfigurationException">The text is neither.</exception>
    public static IPNetwork Parse(string text) =>
        TryParse(text, out var network)
            ? network
            : throw new ConfigurationException($"{text} is neither an address nor a network such as 10.0.0.0/8.");
}
