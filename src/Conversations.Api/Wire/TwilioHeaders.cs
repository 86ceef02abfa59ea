using System.Diagnostics;
using System.Globalization;

namespace Conversations.Api.Wire;

/// <summary>
/// The headers recorded on Twilio's answers, including CORS for every origin, and the two methods that no resource
/// handles: OPTIONS, the preflight request of CORS, and HEAD, which is GET without the body.
/// </summary>
public sealed class TwilioHeaders(RequestDelegate next)
{
    /// <summary>The number of requests of the caller's account that are in progress.</summary>
    public const string ConcurrentRequests = "Twilio-Concurrent-Requests";

    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        AddHeaders(context);
        context.Response.OnStarting(() =>
        {
            Complete(context.Response, Stopwatch.GetElapsedTime(started));
            return Task.CompletedTask;
        });

        var isHead = HttpMethods.IsHead(context.Request.Method);
        try
        {
            if (HttpMethods.IsOptions(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            // Kestrel knows that the request is a HEAD, and sends no body.
            context.Request.Method = isHead ? HttpMethods.Get : context.Request.Method;
            await next(context);
        }
        finally
        {
            context.Request.Method = isHead ? HttpMethods.Head : context.Request.Method;
        }
    }

    private static void AddHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["Twilio-Request-Id"] = context.TraceIdentifier;
        headers[ConcurrentRequests] = "1"; // Without an account the request counts only itself.
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowHeaders =
            "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, "
            + "Idempotency-Key, X-Twilio-Webhook-Enabled";
        headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        headers.AccessControlExposeHeaders = "ETag";
        headers.AccessControlAllowCredentials = "true";
        headers.XPoweredBy = "AT-5000";
        headers["X-Shenanigans"] = "none";
        headers["X-Home-Region"] = "us1";
        headers["X-API-Domain"] = "conversations.twilio.com";
        headers.CacheControl = "no-store"; // Personal data, behind a credential.
    }

    private static void Complete(HttpResponse response, TimeSpan duration)
    {
        response.Headers["Twilio-Request-Duration"] = duration.TotalSeconds.ToString(
            "0.000",
            CultureInfo.InvariantCulture
        );
        if (response.ContentType == "application/json; charset=utf-8")
        {
            response.ContentType = "application/json";
        }
    }
}
