using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Conversations.Api.Accounts;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The addresses that webhooks may call. The check runs when the connection is made, so a name can't resolve to another
/// address after the check. There are three policies:
/// <list type="bullet">
/// <item>Outside Development: public addresses that are not addresses of this machine.</item>
/// <item>In Development: every address.</item>
/// <item>
/// With the built-in account, whose token is public: only this machine. So a web page that drives the server can't
/// reach the developer's network through it.
/// </item>
/// </list>
/// AllowedNetworks adds addresses to each policy. AllowedHosts limits the names; with the built-in account it instead
/// adds the addresses of these names.
/// </summary>
public sealed class WebhookNetwork(
    IOptions<WebhookOptions> options,
    IHostEnvironment environment,
    AccountDirectory accounts
)
{
    // The names by which a container calls the machine that runs it.
    private static readonly string[] MachineOfTheContainer = ["host.docker.internal", "host.containers.internal"];

    private readonly string[] hosts =
    [
        .. (options.Value.AllowedHosts ?? []).Select(text => HostName.TryNormalize(text, out var name) ? name : text),
    ];

    private readonly IPNetwork[] allowed =
    [
        .. (options.Value.AllowedNetworks ?? []).Where(text => text.Length > 0).Select(Networks.Parse),
    ];

    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var host = context.DnsEndPoint.Host;
        if (
            !accounts.HasPublicCredentials
            && hosts.Length > 0
            && !hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        )
        {
            throw new AddressNotAllowedException("the host is not among Webhooks:AllowedHosts");
        }

        var addresses = (await Dns.GetHostAddressesAsync(host, cancellationToken))
            .Where(address => IsAllowed(host, address))
            .ToArray();
        if (addresses is [])
        {
            throw new AddressNotAllowedException(
                accounts.HasPublicCredentials
                    ? "the built-in account calls only this machine: "
                        + "Webhooks:AllowedNetworks or Webhooks:AllowedHosts adds others"
                    : "the host has no address that may be called"
            );
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

    /// <summary>Whether a webhook whose URL names the host may call this address of it.</summary>
    public bool IsAllowed(string host, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (allowed.Any(network => network.Contains(plain)))
        {
            return true;
        }

        if (accounts.HasPublicCredentials)
        {
            return IsOfThisMachine(plain)
                || MachineOfTheContainer.Concat(hosts).Contains(host, StringComparer.OrdinalIgnoreCase);
        }

        return environment.IsDevelopment() || (Networks.IsPublic(plain) && !IsOfThisMachine(plain));
    }

    private static bool IsOfThisMachine(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Any(own => own.Address.Equals(address));
}
