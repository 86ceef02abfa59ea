using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// Turns every exception into Twilio's error body; what no rule foresaw is a 500 without a trace. What takes longer than the database and a webhook
/// may is ended with 503. (The framework's request time-outs would drop the headers that are set already.)
/// </summary>
public sealed partial class TwilioErrorHandler(
    RequestDelegate next,
    RequestTimeout timeout,
    ILogger<TwilioErrorHandler> logger
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(timeout.Value);
        context.RequestAborted = limit.Token;
        try
        {
            await next(context);
        }
        catch (Exception exception) when (aborted.IsCancellationRequested && WasCancelled(exception))
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // For the log: the client is gone.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.RequestAborted = aborted; // Without it the answer would not be written, either.
            await AnswerAsync(
                context,
                limit.IsCancellationRequested && WasCancelled(exception)
                    ? new TimeoutException("The request took too long.", exception)
                    : exception
            );
        }
        finally
        {
            context.RequestAborted = aborted;
        }
    }

    // What ends a transaction may fail after what was cancelled, and wrap it.
    private static bool WasCancelled(Exception? exception) =>
        exception is OperationCanceledException || (exception is not null && WasCancelled(exception.InnerException));

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        var error = exception switch
        {
            TwilioException twilio => twilio.Error,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                TwilioErrors.RequestTooLarge,
            BadHttpRequestException or InvalidDataException => TwilioErrors.MalformedRequest,
            _ when Database.IsUnavailable(exception) => TwilioErrors.ServiceUnavailable,
            _ => TwilioErrors.InternalServerError,
        };

        if (error.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailure(exception, error.Status, context.TraceIdentifier);
        }

        // Without RequestAborted: a client that hangs up in the middle of its body is no failure of this server, and the write does no harm.
        return error.WriteAsync(context.Response);
    }

    [LoggerMessage(LogLevel.Error, "Request failed with {Status}, {RequestId}")]
    private partial void LogFailure(Exception exception, int status, string requestId);
}

/// <summary>How long a request may take in all: what the database and a webhook may take.</summary>
public sealed record RequestTimeout(TimeSpan Value);
