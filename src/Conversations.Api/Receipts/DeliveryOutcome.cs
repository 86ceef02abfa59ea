namespace Conversations.Api.Receipts;

/// <summary>What happens to the messages to one address.</summary>
public sealed record DeliveryOutcome
{
    /// <summary>As in MessagingBinding.Address: +15558675310, whatsapp:+15558675310.</summary>
    public string Address { get; init; } = "";

    /// <summary>failed or undelivered. A rule may also choose sent or delivered.</summary>
    public string Status { get; init; } = ReceiptStatus.Failed;

    /// <summary>Null without an error.</summary>
    public int? ErrorCode { get; init; }
}
