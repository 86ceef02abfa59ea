using System.Text.Json;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Conversations.Api.Control;

/// <summary>The filters of the list of requests. Those that are given must all match.</summary>
internal sealed record RequestQuery(
    [FromQuery(Name = "operation")] string? Operation,
    [FromQuery(Name = "method")] string? Method,
    [FromQuery(Name = "status")] int? Status,
    [FromQuery(Name = "error")] int? Error,
    [FromQuery(Name = "conversation")] string? Conversation,
    [FromQuery(Name = "identity")] string? Identity
)
{
    /// <exception cref="ControlException">400: a filter can match nothing.</exception>
    public void Check(IActionDescriptorCollectionProvider actions)
    {
        Filters.CheckOperation(Operation, actions);
        Filters.CheckOneOf("method", Method?.ToUpperInvariant(), "GET", "POST", "DELETE");
    }

    public bool Matches(RequestEntry entry) =>
        (Operation is null || Operation == entry.OperationId)
        && (Method is null || Method.Equals(entry.Method, StringComparison.OrdinalIgnoreCase))
        && (Status is null || Status == entry.Status)
        && (Error is null || Error == entry.Error?.Code)
        && (Conversation is null || Names(entry, Conversation))
        && (Identity is null || Names(entry, Identity));

    // In the path, in a parameter, or as a text in the answer.
    private static bool Names(RequestEntry entry, string value) =>
        entry.RouteValues.Values.Contains(value)
        || entry.Parameters.Values.Any(values => values.Contains(value))
        || entry.Answer.Contains(JsonSerializer.Serialize(value, TwilioJson.Options), StringComparison.Ordinal);
}
