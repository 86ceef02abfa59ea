using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Conversations.Api.Wire;

/// <summary>
/// Writes the answers of actions as JSON. The framework's executor asks all formatters for every answer, and this API
/// has one. A resource is sent with its length, and a page, which can be large, in chunks.
/// </summary>
public sealed class JsonAnswers : IActionResultExecutor<ObjectResult>
{
    public Task ExecuteAsync(ActionContext context, ObjectResult result)
    {
        result.OnFormatting(context); // Sets the status.
        var (http, value) = (context.HttpContext, result.Value!);
        http.Response.ContentType = "application/json";
        return value is IPage
            ? JsonSerializer.SerializeAsync(
                http.Response.BodyWriter,
                value,
                value.GetType(),
                TwilioJson.Options,
                http.RequestAborted
            )
            : WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), TwilioJson.Options));
    }

    private static async Task WriteAsync(HttpContext http, byte[] body)
    {
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }
}
