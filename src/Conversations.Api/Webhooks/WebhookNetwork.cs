using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// Decides which addresses may be called. It checks the address to which the connection is made, so a name can't
/// resolve to another address after the check.
/// </summary>
public sealed class WebhookNetwork
{
    // The networks that are not part of the public internet (RFC 1122, 1918, 3927, 4193, 4291, 6598, 6890), and the
    // IPv6 networks that lead to IPv4 addresses (RFC 3056, 4380, 6052, 8215).
    private static readonly IPNetwork[] Private =
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
            "192.168.0.0/16",
            "198.18.0.0/15",
            "224.0.0.0/3",
            "::/127",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2001::/32",
            "2002::/16",
        }.Select(IPNetwork.Parse),
    ];

    private readonly string[] hosts;

    private readonly IPNetwork[] allowed;

    public WebhookNetwork(IOptions<WebhookOptions> options, IHostEnvironment environment)
    {
        hosts = [.. options.Value.AllowedHosts ?? []];
        allowed = environment.IsDevelopment()
            ? [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]
            : [.. (options.Value.AllowedNetworks ?? []).Where(text => text.Length > 0).Select(Networks.Parse)];
    }

    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var host = context.DnsEndPoint.Host;
        if (hosts.Length > 0 && !hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            throw new HttpRequestException("the host is not among Webhooks:AllowedHosts");
        }

        var addresses = (await Dns.GetHostAddressesAsync(host, cancellationToken)).Where(IsAllowed).ToArray();
        if (addresses is [])
        {
            throw new HttpRequestException("the host has no address that may be called");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether the address is public, or in a network that the operator allows.</summary>
    public bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(plain)) || !Private.Any(network => network.Contains(plain));
    }
}
