using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Conversations.Api.Wire;

/// <summary>
/// Path segments as clients mean them: the path is split at /, then every escape is decoded. The framework leaves %2F
/// in route values, where it looks the same as a decoded %252F; only the raw target shows which one was sent. A + stays
/// +.
/// </summary>
public sealed class PathSegments(RequestDelegate next)
{
    /// <summary>
    /// Runs before routing and makes a segment . or .., escaped or not, a name like any other. Kestrel has already
    /// resolved it, so the path would lead to a parent, which the request did not mean to change or delete.
    /// </summary>
    public static void KeepDots(HttpRequest request)
    {
        var path = RequestedPath(request);
        if (!path.Contains('.') && !path.Contains("%2E", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var segments = Array.ConvertAll(path.Split('/'), Uri.UnescapeDataString);
        if (segments.Any(segment => segment is "." or ".."))
        {
            request.Path = string.Join(
                '/',
                segments.Select(segment => segment.Replace("/", "%2F", StringComparison.Ordinal))
            );
        }
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (
            context.GetEndpoint() is RouteEndpoint { RoutePattern.PathSegments: var pattern }
            && RequestedPath(context.Request) is var path
            && path.Contains('%')
        )
        {
            var sent = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < pattern.Count && i < sent.Length; i++)
            {
                if (pattern[i].Parts is [RoutePatternParameterPart { Name: var name }])
                {
                    context.Request.RouteValues[name] = Uri.UnescapeDataString(sent[i]);
                }
            }
        }

        return next(context);
    }

    /// <summary>The requested path in the text of 20404: without /v1, whether that was sent escaped or not.</summary>
    public static string PathWithoutVersion(HttpRequest request)
    {
        var path = RequestedPath(request);
        return
            request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
            && path.IndexOf('/', 1) is var end
            ? end < 0
                ? "/"
                : path[end..]
            : path;
    }

    /// <summary>The path as it was sent, with its escapes, without query and final slash.</summary>
    public static string RequestedPath(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
        {
            return request.Path.ToUriComponent().TrimEnd('/'); // The absolute form, as sent to proxies, or OPTIONS *.
        }

        var path = target.AsSpan();
        if (path.IndexOf('?') is var query and >= 0)
        {
            path = path[..query];
        }

        return path.TrimEnd('/').ToString();
    }
}
