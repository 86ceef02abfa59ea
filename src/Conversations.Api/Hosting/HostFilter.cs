using System.Net;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.Extensions.Primitives;

namespace Conversations.Api.Hosting;

/// <summary>
/// Rejects a request with the wrong Host or Origin. The built-in account's token is public, and every web page can send
/// requests to localhost. So with this account
/// <list type="number">
/// <item>
/// Host must be local: localhost, a loopback address, or the address that the client connected to. Otherwise a page
/// could make its own name resolve to this machine (DNS rebinding) and call the server as its own origin.
/// </item>
/// <item>
/// Origin must be local or the server's own. Browsers send it with every request of a page that can change something.
/// </item>
/// </list>
/// The setting AllowedHosts (names with ; between them, *.example.com, or * for any) adds hosts. With other accounts
/// only a caller who knows the token gets in: Origin is not checked, and Host only when AllowedHosts is set. Local
/// hosts are always allowed.
/// </summary>
public sealed class HostFilter(RequestDelegate next, AccountDirectory accounts, IConfiguration configuration)
{
    private readonly StringSegment[] allowed =
    [
        .. (configuration["AllowedHosts"] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => new StringSegment(name)),
    ];

    // * adds no origin, because it would admit every page.
    private StringSegment[] Origins => [.. allowed.Where(name => name != "*")];

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsAllowedHost(context))
        {
            return TwilioErrors.HostNotAllowed.WriteAsync(context.Response, context.RequestAborted);
        }

        return
            accounts.HasPublicCredentials
            && context.Request.Headers.Origin.Any(origin => !IsAllowedOrigin(context, origin))
            ? TwilioErrors.OriginNotAllowed.WriteAsync(context.Response, context.RequestAborted)
            : next(context);
    }

    private bool IsAllowedHost(HttpContext context)
    {
        // HTTP/1.0 allows a request without Host. Browsers always send it. Health probes name a local host.
        var host = context.Request.Host;
        return !host.HasValue
            || (allowed is [] && !accounts.HasPublicCredentials)
            || HostString.MatchesAny(host.Host, allowed)
            || IsLocal(host.Host)
            || IsAddress(host.Host, context.Connection.LocalIpAddress);
    }

    private bool IsAllowedOrigin(HttpContext context, string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        && (
            IsLocal(url.Host)
            || url.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || HostString.MatchesAny(url.Host, Origins)
        );

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsAddress(string host, IPAddress? own) =>
        own is not null
        && IPAddress.TryParse(host, out var address)
        && address.Equals(own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own);
}
