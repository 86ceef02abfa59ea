using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>Writes an error as the answer to a request.</summary>
public static class TwilioErrorWriter
{
    public static Task WriteAsync(
        this TwilioError error,
        HttpResponse response,
        CancellationToken cancellationToken = default
    )
    {
        response.StatusCode = error.Status;
        response.HttpContext.Features.Set(error); // For the log.
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "1";
        }

        return response.HttpContext.Features.Get<ErrorBody>() is { } body
            ? response.WriteAsJsonAsync(body.Of(error), TwilioJson.Options, body.ContentType, cancellationToken)
            : response.WriteAsJsonAsync(error.Resource, TwilioJson.Options, "application/json", cancellationToken);
    }
}
