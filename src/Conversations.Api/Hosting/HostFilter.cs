using System.Net;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.Extensions.Primitives;

namespace Conversations.Api.Hosting;

/// <summary>
/// Refuses a request that names a host which the server does not have, or comes from a web page that may not call. Everybody knows
/// the built-in account's token, and every web page can send requests to localhost. So with this account
/// <list type="number">
/// <item>
/// Host must be local: localhost, a loopback address, or the address that the client connected to. Otherwise a page could make its
/// own name resolve to this machine (DNS rebinding) and call the server as its own origin.
/// </item>
/// <item>Origin, which browsers send with every request that could do harm, must be local or the server's own.</item>
/// </list>
/// The setting AllowedHosts (names with ; between them, *.example.com, or * for any) adds hosts. With accounts of their own,
/// operators need no rule; when AllowedHosts is set it holds there, too, as in every program on ASP.NET Core.
/// </summary>
public sealed class HostFilter(RequestDelegate next, AccountDirectory accounts, IConfiguration configuration)
{
    private readonly StringSegment[] allowed =
    [
        .. (configuration["AllowedHosts"] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => new StringSegment(name)),
    ];

    // * adds no origin: it would let every page in.
    private StringSegment[] Origins => [.. allowed.Where(name => name != "*")];

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsAllowedHost(context))
        {
            return TwilioErrors.HostNotAllowed.WriteAsync(context.Response, context.RequestAborted);
        }

        return accounts.HasBuiltIn && context.Request.Headers.Origin.Any(origin => !IsAllowedOrigin(context, origin))
            ? TwilioErrors.OriginNotAllowed.WriteAsync(context.Response, context.RequestAborted)
            : next(context);
    }

    private bool IsAllowedHost(HttpContext context)
    {
        // HTTP/1.0 needs no Host, and no browser leaves it out.
        var host = context.Request.Host;
        if (!host.HasValue || (allowed is [] && !accounts.HasBuiltIn) || IsAmongAllowed(host.Host))
        {
            return true;
        }

        return accounts.HasBuiltIn && (IsLocal(host.Host) || IsAddress(host.Host, context.Connection.LocalIpAddress));
    }

    private bool IsAllowedOrigin(HttpContext context, string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        && (
            IsLocal(url.Host)
            || url.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || HostString.MatchesAny(url.Host, Origins)
        );

    private bool IsAmongAllowed(string host) => HostString.MatchesAny(host, allowed);

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsAddress(string host, IPAddress? own) =>
        own is not null
        && IPAddress.TryParse(host, out var address)
        && address.Equals(own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own);
}
