using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Control;

/// <summary>The filters of the list of deliveries. Those that are given must all match.</summary>
/// <param name="Event">Such as onMessageAdded.</param>
/// <param name="Receiver">A part of the URL.</param>
/// <param name="Result">delivered or failed: that of the last try.</param>
/// <param name="Conversation">The SID of the conversation.</param>
internal sealed record DeliveryQuery(
    [FromQuery(Name = "event")] string? Event,
    [FromQuery(Name = "receiver")] string? Receiver,
    [FromQuery(Name = "result")] string? Result,
    [FromQuery(Name = "conversation")] string? Conversation
)
{
    /// <exception cref="ControlException">400: a filter can match nothing.</exception>
    public void Check() => Filters.CheckOneOf("result", Result, "delivered", "failed");

    public bool Matches(DeliveryEntry entry) =>
        (Event is null || Event == entry["EventType"])
        && (Receiver is null || entry.Last.CalledUrl.Contains(Receiver, StringComparison.Ordinal))
        && (Result is null || Result == (entry.Last.Answer.IsSuccess ? "delivered" : "failed"))
        && (Conversation is null || Conversation == entry["ConversationSid"]);
}
