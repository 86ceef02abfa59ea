using Conversations.Api.Data;
using Conversations.Api.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Receipts;

/// <summary>
/// The delivery (DY…) of a message to one participant with an address. It contains no address, so it may outlive its
/// participant.
/// </summary>
public sealed class Receipt : ConversationChild, IResource
{
    public static string SidPrefix => "DY";

    public required string MessageSid { get; init; }

    public required string ParticipantSid { get; init; }

    /// <summary>SM… for a text, MM… with media or in a group text, WA… for WhatsApp.</summary>
    public required string ChannelMessageSid { get; init; }

    /// <summary>One of <see cref="ReceiptStatus"/>; null before the first step.</summary>
    public string? Status { get; set; }

    /// <summary>The status that the delivery will end with.</summary>
    public required string Outcome { get; init; }

    /// <summary>The error of the outcomes failed and undelivered; null for the others.</summary>
    public int? ErrorCode { get; init; }

    /// <summary>
    /// When the status changes next, by the clock of the database or of the account; null after the last change.
    /// </summary>
    public DateTime? NextStep { get; set; }

    public bool IsFinal => Status == Outcome;

    /// <summary>Moves the delivery one step on: sent, delivered and read, or to its error.</summary>
    /// <param name="pause">How long after this step the next one follows.</param>
    public void Step(DateTime now, TimeSpan pause)
    {
        Status = (Status, Outcome) switch
        {
            (null, ReceiptStatus.Failed) => ReceiptStatus.Failed,
            (null, _) => ReceiptStatus.Sent,
            (ReceiptStatus.Sent, ReceiptStatus.Undelivered) => ReceiptStatus.Undelivered,
            (ReceiptStatus.Sent, _) => ReceiptStatus.Delivered,
            _ => Outcome,
        };
        DateUpdated = now;
        NextStep = IsFinal ? null : NextStep + pause;
    }
}

public sealed class ReceiptTable : IEntityTypeConfiguration<Receipt>
{
    public void Configure(EntityTypeBuilder<Receipt> builder)
    {
        builder.ToTable("receipts").HasKey(r => r.Sid);
        builder.Ignore(r => r.IsFinal);

        // A deleted conversation deletes its messages, and a deleted message its receipts.
        builder.HasOne<Message>().WithMany().HasForeignKey(r => r.MessageSid).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(r => new { r.MessageSid, r.Sid }, "ix_receipts_message");
        builder.HasIndex(r => r.NextStep, "ix_receipts_next_step").HasFilter("next_step IS NOT NULL");
    }
}
