namespace Conversations.Api.Receipts;

/// <summary>Twilio's statuses of a delivery. A receipt has none before its first step.</summary>
public static class ReceiptStatus
{
    public const string Sent = "sent";

    public const string Delivered = "delivered";

    public const string Read = "read";

    /// <summary>Rejected before it was sent.</summary>
    public const string Failed = "failed";

    /// <summary>Sent, then rejected by the carrier.</summary>
    public const string Undelivered = "undelivered";
}
