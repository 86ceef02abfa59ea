namespace Conversations.Api.Hosting;

/// <summary>
/// The headers of every answer that keep a browser from making more of it than it is: no guess of the content type, no script, no
/// frame. A page that needs more sets a Content-Security-Policy of its own.
/// </summary>
public static class SafeHeaders
{
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }
}
