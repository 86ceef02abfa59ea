using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Webhooks;

/// <summary>
/// An event that is to be sent to one URL. It is stored in the transaction of the change that it reports, and deleted
/// when the receiver has it. It is a table and not a message library, because both databases are already there and a
/// claim is one UPDATE on either of them. Outbox libraries bring their own tables, workers and a bus, and none of them
/// supports both SQLite and PostgreSQL.
/// </summary>
public sealed class WebhookDelivery
{
    /// <summary>
    /// The <see cref="NextAttempt"/> of a delivery that is due, whatever the clocks of its writer and its sender say.
    /// </summary>
    public static readonly DateTime AtOnce = DateTime.UnixEpoch;

    /// <summary>
    /// The database assigns it at the insert, under the lock of the conversation's row. So the IDs have the order of
    /// the changes.
    /// </summary>
    public long Id { get; init; }

    public required string AccountSid { get; init; }

    /// <summary>
    /// The events of one conversation (or user) to one URL, which are sent in order. Queues do not wait for each other.
    /// It is the SID of the subject, a blank and the digest of the URL.
    /// </summary>
    public required string Queue { get; init; }

    public required string EventType { get; init; }

    public required string Url { get; init; }

    /// <summary>GET or POST.</summary>
    public required string Method { get; init; }

    /// <summary>The parameters, form-encoded.</summary>
    public required string Body { get; init; }

    public required DateTime DateCreated { get; init; }

    /// <summary>The attempts made so far, including the current one.</summary>
    public int Attempts { get; set; }

    /// <summary>
    /// No sender tries the delivery before this date: <see cref="AtOnce"/> for a new delivery, a date of the
    /// database's clock after a failure or while a sender has claimed it. Null for a delivery that waits behind the
    /// first one of its queue, and for a dead-lettered one.
    /// </summary>
    public DateTime? NextAttempt { get; set; }

    /// <summary>When it was dead-lettered; null while it is still to be sent.</summary>
    public DateTime? DateDeadLettered { get; set; }

    /// <summary>
    /// The result of the last failed attempt: a status or the kind of failure. Null before the first one and while a
    /// sender has claimed the delivery, so it distinguishes a pause from a claim.
    /// </summary>
    public string? LastError { get; set; }

    /// <summary>
    /// Identifies this delivery in all its attempts. It is random: an ID would tell a receiver how many events other
    /// accounts have.
    /// </summary>
    public required Guid EventId { get; init; }
}

public sealed class WebhookDeliveryTable : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries").HasKey(d => d.Id);
        builder.Property(d => d.Id).ValueGeneratedOnAdd();
        builder
            .HasIndex(d => new { d.Queue, d.Id }, "ix_webhook_deliveries_queue")
            .HasFilter("date_dead_lettered IS NULL");
        builder
            .HasIndex(
                d => new
                {
                    d.AccountSid,
                    d.NextAttempt,
                    d.Id,
                },
                "ix_webhook_deliveries_due"
            )
            .HasFilter("next_attempt IS NOT NULL");
        builder
            .HasIndex(d => d.DateDeadLettered, "ix_webhook_deliveries_dead_lettered")
            .HasFilter("date_dead_lettered IS NOT NULL");
    }
}
