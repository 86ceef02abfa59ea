namespace Conversations.Api.Wire;

/// <summary>
/// Where callers reach this server: the setting <c>PublicUrl</c> (such as https://conversations.example.com, a path may follow), else
/// the scheme, host and path base of their own request, which X-Forwarded-* of a configured proxy has put right.
/// </summary>
public sealed class PublicUrl(string? configured)
{
    private readonly string? configured = configured.NullIfEmpty()?.TrimEnd('/');

    public string Of(HttpRequest request) =>
        configured
        ?? $"{request.Scheme}://{(request.Host.HasValue ? request.Host.Value : LocalAddress(request))}{request.PathBase}";

    // HTTP/1.0 needs no Host.
    private static string LocalAddress(HttpRequest request) =>
        new System.Net.IPEndPoint(
            request.HttpContext.Connection.LocalIpAddress ?? System.Net.IPAddress.Loopback,
            request.HttpContext.Connection.LocalPort
        ).ToString();
}
