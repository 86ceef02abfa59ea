using Conversations.Api.Receipts;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Control;

/// <summary>Which messages of a phone to show. All filters that are given must match.</summary>
/// <param name="Since">The SID of a message: only what was created after it.</param>
/// <param name="Status">The status of the delivery, such as delivered.</param>
/// <param name="Wait">How long to wait for a message that matches, such as 5s or 250ms.</param>
/// <param name="Limit">The latest messages, at most so many: 50 by default, up to 1000.</param>
internal sealed record PhoneQuery(
    [FromQuery(Name = "since")] string? Since,
    [FromQuery(Name = "status")] string? Status,
    [FromQuery(Name = "wait")] string? Wait,
    [FromQuery(Name = "limit")] int? Limit
)
{
    /// <exception cref="ControlException">400: a filter can match nothing.</exception>
    public void Check() =>
        Filters.CheckOneOf(
            "status",
            Status,
            ReceiptStatus.Sent,
            ReceiptStatus.Delivered,
            ReceiptStatus.Read,
            ReceiptStatus.Failed,
            ReceiptStatus.Undelivered
        );

    public bool HasNul => Since?.Contains('\0') == true;
}
