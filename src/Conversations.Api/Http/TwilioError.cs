using Conversations.Api.Data;

namespace Conversations.Api.Http;

/// <summary>An error as Twilio's clients know it. Its JSON has exactly code, message, more_info and status.</summary>
public sealed record TwilioError(int Status, int Code, string Message)
{
    public string MoreInfo => $"https://www.twilio.com/docs/errors/{Code}";

    public Task WriteAsync(HttpResponse response, CancellationToken cancellationToken = default)
    {
        response.StatusCode = Status;
        return response.WriteAsJsonAsync(new TwilioErrorResource(Code, Message, MoreInfo, Status), TwilioJson.Options, cancellationToken);
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

/// <summary>Turns every exception into Twilio's error body; what no rule foresaw is a 500 without a trace.</summary>
public sealed partial class TwilioErrorHandler(RequestDelegate next, ILogger<TwilioErrorHandler> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // For the log: nobody waits for the answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception);
        }
    }

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

        if (error == TwilioErrors.ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        // Without RequestAborted: a caller who hung up within his body is no failure of this server, and writing to nobody does no harm.
        return error.WriteAsync(context.Response);
    }

    [LoggerMessage(LogLevel.Error, "Request failed with {Status}, {RequestId}")]
    private partial void LogFailure(Exception exception, int status, string requestId);
}
