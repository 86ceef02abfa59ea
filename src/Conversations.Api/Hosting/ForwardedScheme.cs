using Microsoft.AspNetCore.HttpOverrides;

namespace Conversations.Api.Hosting;

/// <summary>
/// Drops an X-Forwarded-Proto that names anything but http and https, before the framework believes it of a trusted proxy: the
/// scheme stands in every URL of an answer.
/// </summary>
public sealed class ForwardedScheme(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (
            headers.TryGetValue(ForwardedHeadersDefaults.XForwardedProtoHeaderName, out var schemes)
            && schemes.ToString().Split(',', StringSplitOptions.TrimEntries).Any(scheme => !IsHttp(scheme))
        )
        {
            headers.Remove(ForwardedHeadersDefaults.XForwardedProtoHeaderName);
        }

        return next(context);
    }

    private static bool IsHttp(string scheme) =>
        scheme.Equals("http", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
}
