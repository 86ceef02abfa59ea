using Conversations.Api.Errors;

namespace Conversations.Api.Control;

/// <summary>A request to /v1 and its answer.</summary>
/// <param name="OperationId">As in the OpenAPI document; null for a path or method without an operation.</param>
/// <param name="Path">With the query.</param>
/// <param name="Parameters">Those of the query and the form.</param>
/// <param name="Headers">Without credentials.</param>
/// <param name="Error">Null for a success.</param>
/// <param name="Answer">The body.</param>
/// <param name="Fault">The rule of faults that hit it; null for none.</param>
/// <param name="Form">The type of the form or query that the operation reads; null for none.</param>
public sealed record RequestEntry(
    string RequestId,
    DateTimeOffset Date,
    double DurationMs,
    string Method,
    string Path,
    string? OperationId,
    IReadOnlyDictionary<string, string[]> Parameters,
    IReadOnlyDictionary<string, string> Headers,
    int Status,
    TwilioError? Error,
    string Answer,
    IReadOnlyDictionary<string, string> RouteValues,
    InjectedFault? Fault,
    Type? Form
) : JournalEntry;
