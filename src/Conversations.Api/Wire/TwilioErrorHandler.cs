using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// Turns every exception into Twilio's error body. An unexpected exception becomes a 500 whose body has no stack trace.
/// A request that takes longer than <see cref="RequestTimeout"/> is answered with 503. (The framework's request
/// timeouts would drop the headers that are already set.)
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
        using RequestTimer timer = new(timeout, aborted);
        timer.Start();
        context.Features.Set(timer);
        context.Response.OnStarting(
            static state =>
            {
                ((RequestTimer)state).Stop();
                return Task.CompletedTask;
            },
            timer
        );
        context.RequestAborted = timer.Token;
        try
        {
            await next(context);
        }
        catch (Exception exception) when (aborted.IsCancellationRequested && WasCancelled(exception))
        {
            // For the log. The client has disconnected.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.RequestAborted = aborted; // The token of the timeout would also cancel the answer.
            await AnswerAsync(
                context,
                timer.HasExpired && WasCancelled(exception)
                    ? new TimeoutException("The request took too long.", exception)
                    : exception
            );
        }
        finally
        {
            context.RequestAborted = aborted;
        }
    }

    // After a cancellation the rollback may fail too. Its exception then wraps the cancellation.
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

        if (error == TwilioErrors.ServiceUnavailable)
        {
            // The cause is outside of this server. Its messages tell more than a stack trace for each request.
            LogUnavailable(error.Status, ReasonOf(exception), context.TraceIdentifier);
        }
        else if (error.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailure(exception, error.Status, context.TraceIdentifier);
        }

        // The write does not observe RequestAborted: a client that disconnects in the middle of its body is not a
        // failure of this server, and the write does no harm.
        return error.WriteAsync(context.Response);
    }

    private static string ReasonOf(Exception exception) =>
        (
            exception.InnerException is { } inner ? $"{exception.Message} {ReasonOf(inner)}" : exception.Message
        ).ReplaceLineEndings(" ");

    [LoggerMessage(LogLevel.Error, "Request failed with {Status}: {Reason}, {RequestId}")]
    private partial void LogUnavailable(int status, string reason, string requestId);

    [LoggerMessage(LogLevel.Error, "Request failed with {Status}, {RequestId}")]
    private partial void LogFailure(Exception exception, int status, string requestId);
}
