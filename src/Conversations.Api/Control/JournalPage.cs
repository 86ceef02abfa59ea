using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Control;

/// <summary>Which entries a list has, besides its filters.</summary>
/// <param name="Since">The cursor of an earlier answer: only what came after it.</param>
/// <param name="Wait">How long to wait for an entry that matches, such as 5s or 250ms.</param>
/// <param name="Limit">At most so many entries: 50 by default, up to 1000.</param>
internal sealed record JournalPage(
    [FromQuery(Name = "since")] long? Since,
    [FromQuery(Name = "wait")] string? Wait,
    [FromQuery(Name = "limit")] int? Limit
);
