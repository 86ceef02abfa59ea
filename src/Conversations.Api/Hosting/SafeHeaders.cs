namespace Conversations.Api.Hosting;

/// <summary>
/// The headers of every answer that restrict browsers: they don't guess the content type, run no script and show no
/// frame. A page that needs more sets its own Content-Security-Policy.
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
