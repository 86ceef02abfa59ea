using Microsoft.AspNetCore.HttpOverrides;

namespace Conversations.Api.Hosting;

/// <summary>
/// Drops an X-Forwarded-Proto with a scheme other than http and https. The framework would believe it of a trusted
/// proxy, and the scheme is part of every URL in an answer.
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
