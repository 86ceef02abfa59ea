namespace Conversations.Api.Wire;

/// <summary>
/// Where callers reach this server: the setting <c>PublicUrl</c> (such as https://conversations.example.com, with or
/// without a path). Without the setting it is the scheme, host and path base of the request, which the X-Forwarded-*
/// headers of a trusted proxy have corrected.
/// </summary>
public sealed class PublicUrl(string? configured)
{
    private readonly string? configured = configured.NullIfEmpty()?.TrimEnd('/');

    public string Of(HttpRequest request) => configured ?? $"{request.Scheme}://{HostOf(request)}{request.PathBase}";

    private static string HostOf(HttpRequest request) =>
        request.Host is { HasValue: true, Value: { } host } ? host : LocalAddress(request);

    // A request of HTTP/1.0 may lack the Host header.
    private static string LocalAddress(HttpRequest request) =>
        new System.Net.IPEndPoint(
            request.HttpContext.Connection.LocalIpAddress ?? System.Net.IPAddress.Loopback,
            request.HttpContext.Connection.LocalPort
        ).ToString();
}
