using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Http;

/// <summary>An error as Twilio's clients know it. Its JSON has exactly code, message, more_info and status.</summary>
public sealed record TwilioError(int Status, int Code, string Message)
{
    /// <summary>The text for the log. It differs from <see cref="Message"/> where that repeats what the caller sent.</summary>
    public string LogText { get; init; } = Message;

    public string MoreInfo => $"https://www.twilio.com/docs/errors/{Code}";

    /// <summary>Its body.</summary>
    public TwilioErrorResource Resource => new(Code, Message, MoreInfo, Status);

    public Task WriteAsync(HttpResponse response, CancellationToken cancellationToken = default)
    {
        response.StatusCode = Status;
        response.HttpContext.Features.Set(this); // For the log.
        if (Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "1";
        }

        return response.WriteAsJsonAsync(Resource, TwilioJson.Options, cancellationToken);
    }
}

/// <summary>The body of every error.</summary>
public sealed record TwilioErrorResource(int Code, string Message, string MoreInfo, int Status);

/// <summary>Ends the request with <see cref="Error"/>.</summary>
public sealed class TwilioException(TwilioError error) : Exception(error.Message)
{
    public TwilioError Error { get; } = error;

    public static void Unless(bool condition, TwilioError error)
    {
        if (!condition)
        {
            throw new TwilioException(error);
        }
    }
}

/// <summary>
/// Turns every exception into Twilio's error body; what no rule foresaw is a 500 without a trace. What takes longer than the database and a webhook
/// may is ended with 503. (The framework's request time-outs would drop the headers that are set already.)
/// </summary>
public sealed partial class TwilioErrorHandler(RequestDelegate next, LimitOptions limits, IOptions<WebhookOptions> webhooks, ILogger<TwilioErrorHandler> logger)
{
    private readonly TimeSpan patience = TimeSpan.FromSeconds(limits.DatabaseSeconds + webhooks.Value.TimeoutSeconds);

    public async Task InvokeAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(patience);
        context.RequestAborted = limit.Token;
        try
        {
            await next(context);
        }
        catch (Exception exception) when (aborted.IsCancellationRequested && WasCancelled(exception))
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // For the log: nobody waits for the answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            context.RequestAborted = aborted; // Without it the answer would not be written, either.
            await AnswerAsync(context, limit.IsCancellationRequested && WasCancelled(exception) ? new TimeoutException("The request took too long.", exception) : exception);
        }
        finally
        {
            context.RequestAborted = aborted;
        }
    }

    // What ends a transaction may fail after what was cancelled, and wrap it.
    private static bool WasCancelled(Exception? exception) => exception is OperationCanceledException || (exception is not null && WasCancelled(exception.InnerException));

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        var error = exception switch
        {
            TwilioException twilio => twilio.Error,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TwilioErrors.RequestTooLarge,
            BadHttpRequestException or InvalidDataException => TwilioErrors.MalformedRequest,
            _ when Database.IsUnavailable(exception) => TwilioErrors.ServiceUnavailable,
            _ => TwilioErrors.InternalServerError,
        };

        if (error.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailure(exception, error.Status, context.TraceIdentifier);
        }

        // Without RequestAborted: a caller who hung up within his body is no failure of this server, and writing to nobody does no harm.
        return error.WriteAsync(context.Response);
    }

    [LoggerMessage(LogLevel.Error, "Request failed with {Status}, {RequestId}")]
    private partial void LogFailure(Exception exception, int status, string requestId);
}
