using Conversations.Api.Wire;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Control;

/// <summary>The errors of /control, as problem details (RFC 9457).</summary>
internal static class ControlProblems
{
    /// <summary>What a body must be.</summary>
    public const string Json = "JSON with Content-Type: application/json";

    public const string NoJson = $"The body must be {Json}.";

    private const string MediaType = "application/problem+json";

    /// <summary>The form of an error that /control shares with /v1: wrong credentials, no database.</summary>
    public static ErrorBody Body { get; } =
        new(
            MediaType,
            error => new ProblemDetails
            {
                Type = error.MoreInfo,
                Title = error.Message,
                Status = error.Status,
                Extensions = { ["code"] = error.Code },
            }
        );

    /// <summary>Answers the exceptions of a caller's mistake. The others go on to the handler of errors.</summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (ControlException exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, exception.Status, exception.Message);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, exception.StatusCode, DetailOf(exception.StatusCode));
        }
    }

    /// <summary>Gives an answer of the framework that has no body one.</summary>
    public static Task WriteAsync(StatusCodeContext context) =>
        WriteAsync(
            context.HttpContext,
            context.HttpContext.Response.StatusCode,
            DetailOf(context.HttpContext.Response.StatusCode)
        );

    public static Task WriteAsync(HttpContext context, int status, string? detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);

    // The framework's own sentences name types of the server. Most mistakes are found before it, by InputCheck.
    private static string? DetailOf(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => "The request can't be read.",
            StatusCodes.Status413PayloadTooLarge => "The body is too long.",
            StatusCodes.Status415UnsupportedMediaType => NoJson,
            _ => null,
        };
}
