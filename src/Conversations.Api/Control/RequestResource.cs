using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conversations.Api.Control;

/// <summary>A request to /v1 and its answer.</summary>
/// <param name="OperationId">As in the OpenAPI document; null for a path or method without an operation.</param>
/// <param name="Fault">The id of the rule of faults that hit it; null for none.</param>
/// <param name="Answer">The body; a text if it is no JSON or longer than 64 KB.</param>
/// <param name="Error">Null for a success.</param>
public sealed record RequestResource(
    string RequestId,
    DateTimeOffset Date,
    double DurationMs,
    string Method,
    string Path,
    string? OperationId,
    IReadOnlyDictionary<string, string[]> Parameters,
    IReadOnlyDictionary<string, string> Headers,
    int Status,
    string? Fault,
    JsonNode? Answer,
    RequestErrorResource? Error
)
{
    internal static RequestResource Of(RequestEntry entry, RequestErrorResource? error) =>
        new(
            entry.RequestId,
            entry.Date,
            Math.Round(entry.DurationMs, 1),
            entry.Method,
            entry.Path,
            entry.OperationId,
            entry.Parameters,
            entry.Headers,
            entry.Status,
            entry.Fault?.Id,
            Parsed(entry.Answer),
            error
        );

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}

/// <summary>The requests that match, newest first.</summary>
/// <param name="Cursor">As since of a next request: what comes after these.</param>
public sealed record RequestListResource(IReadOnlyList<RequestResource> Requests, string Cursor);
