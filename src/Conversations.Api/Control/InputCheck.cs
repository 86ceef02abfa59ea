using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Conversations.Api.Control;

/// <summary>
/// Refuses parameters and members that an operation of /control does not know, and values of another type, before the
/// framework reads them. A mistake would otherwise look like an answer.
/// </summary>
internal sealed class InputCheck(RequestDelegate next, IOptions<JsonOptions> json)
{
    private readonly ConcurrentDictionary<Endpoint, OperationInput> inputs = [];

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var input = inputs.GetOrAdd(endpoint, _ => OperationInput.Of(endpoint));
            CheckQuery(context.Request.Query, input.Parameters);

            // An import reads its document itself: it names the line of a mistake.
            if (input.Body != typeof(object))
            {
                await CheckBodyAsync(context, input);
            }
        }

        await next(context);
    }

    private static void CheckQuery(IQueryCollection query, IReadOnlyDictionary<string, Type> known)
    {
        foreach (var (name, value) in query)
        {
            var type = known.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            var problem = type is null
                ? known.Count == 0
                    ? "is unknown. The operation has no parameters"
                    : $"is unknown. The parameters are {string.Join(", ", known.Keys)}"
                : type == typeof(int) && !int.TryParse(value, CultureInfo.InvariantCulture, out _)
                    ? JsonShape.Number
                    : type == typeof(long) && !long.TryParse(value, CultureInfo.InvariantCulture, out _)
                        ? JsonShape.Number
                        : type == typeof(DateTimeOffset)
                        && !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _)
                            ? JsonShape.Date
                            : null;
            ThrowIf(problem is not null, $"{name} {problem}.");
        }
    }

    private async Task CheckBodyAsync(HttpContext context, OperationInput input)
    {
        var request = context.Request;
        MemoryStream body = new();
        context.Response.RegisterForDispose(body);
        await request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        request.Body = body;
        if (input.Body is null)
        {
            var isEmpty = body.Length == 0 || Encoding.UTF8.GetString(body.ToArray()).Trim() == "{}";
            ThrowIf(!isEmpty, "The operation takes no body. Parameters are in its path and query.");
            return;
        }

        ThrowIf(body.Length == 0 && !input.IsBodyOptional, $"The operation needs a body: {ControlProblems.Json}.");
        if (body.Length > 0)
        {
            if (!request.HasJsonContentType())
            {
                throw new ControlException(StatusCodes.Status415UnsupportedMediaType, ControlProblems.NoJson);
            }

            var problem = ProblemOf(body, input.Body);
            ThrowIf(problem is not null, $"{problem}.");
            body.Position = 0;
        }
    }

    private string? ProblemOf(MemoryStream body, Type type)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return JsonShape.ProblemOf(document.RootElement, type, json.Value.SerializerOptions);
        }
        catch (JsonException exception)
        {
            return "The body is not valid JSON: "
                + $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
        }
    }

    private static void ThrowIf(bool condition, string detail)
    {
        if (condition)
        {
            throw new ControlException(StatusCodes.Status400BadRequest, detail);
        }
    }
}
