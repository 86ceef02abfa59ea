using System.Text.Json.Serialization;
using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;

namespace Conversations.Api.Receipts;

/// <summary>The delivery of a message to one participant.</summary>
public sealed record ReceiptResource : IHasExamples<ReceiptResource>
{
    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    /// <summary>It is present only in answers to /v1/Services/{ChatServiceSid}/….</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    public required string MessageSid { get; init; }

    /// <summary>The message of the channel: SM…, MM… or WA….</summary>
    public required string ChannelMessageSid { get; init; }

    /// <summary>Null until the message is sent.</summary>
    [Documented(
        Values = [
            ReceiptStatus.Read,
            ReceiptStatus.Failed,
            ReceiptStatus.Delivered,
            ReceiptStatus.Undelivered,
            ReceiptStatus.Sent,
        ]
    )]
    public required string? Status { get; init; }

    /// <summary>The error of a delivery that failed or was undelivered; null for another status.</summary>
    public required int? ErrorCode { get; init; }

    public required string ParticipantSid { get; init; }

    public required DateTime DateCreated { get; init; }

    /// <summary>When the delivery got its status; null without one.</summary>
    public required DateTime? DateUpdated { get; init; }

    public required string Url { get; init; }

    public static IReadOnlyList<ReceiptResource> Examples(RequestScope scope)
    {
        var receipt = new Receipt
        {
            Sid = ExampleRows.Sid("DY"),
            AccountSid = scope.AccountSid,
            ChatServiceSid = scope.Account.DefaultChatServiceSid,
            ConversationSid = ExampleRows.Sid("CH"),
            MessageSid = ExampleRows.Sid("IM"),
            ParticipantSid = ExampleRows.Sid("MB"),
            ChannelMessageSid = ExampleRows.Sid("SM"),
            Status = ReceiptStatus.Delivered,
            Outcome = ReceiptStatus.Delivered,
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        return [Of(receipt, scope)];
    }

    public static ReceiptResource Of(Receipt receipt, RequestScope scope) =>
        new()
        {
            Sid = receipt.Sid,
            AccountSid = receipt.AccountSid,
            ChatServiceSid = scope.ChatServiceSidInPath,
            ConversationSid = receipt.ConversationSid,
            MessageSid = receipt.MessageSid,
            ChannelMessageSid = receipt.ChannelMessageSid,
            Status = receipt.Status,
            ErrorCode = receipt.IsFinal ? receipt.ErrorCode : null,
            ParticipantSid = receipt.ParticipantSid,
            DateCreated = receipt.DateCreated,
            DateUpdated = receipt.Status is null ? null : receipt.DateUpdated,
            Url = scope.Url(
                $"Conversations/{receipt.ConversationSid}/Messages/{receipt.MessageSid}/Receipts/{receipt.Sid}"
            ),
        };
}

/// <summary>One page of receipts.</summary>
public sealed record ReceiptList(PageMeta Meta, IReadOnlyList<ReceiptResource> DeliveryReceipts) : IPage;
