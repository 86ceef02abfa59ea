using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Webhooks;

/// <summary>
/// An event on its way to one URL: stored in the transaction of the change it tells of, deleted when the receiver has it. A table and not a
/// message library, because the two databases are already there, a claim is one UPDATE on either, and libraries that keep an outbox
/// bring tables, workers and a bus of their own, and none for SQLite and PostgreSQL under one roof.
/// </summary>
public sealed class WebhookDelivery
{
    /// <summary>Assigned by the database at the insert, under the lock of the conversation's row: its order is the order of the changes.</summary>
    public long Id { get; init; }

    public required string AccountSid { get; init; }

    /// <summary>What goes out in order: the events of one conversation (or user) to one URL. Queues do not wait for each other.</summary>
    public required string Queue { get; init; }

    public required string EventType { get; init; }

    public required string Url { get; init; }

    /// <summary>GET or POST.</summary>
    public required string Method { get; init; }

    /// <summary>The parameters, form-encoded.</summary>
    public required string Body { get; init; }

    public required DateTime DateCreated { get; init; }

    /// <summary>Tries made or under way.</summary>
    public int Attempts { get; set; }

    /// <summary>Not to be tried before: now for a new one, later after a failure, and while a sender has it under way.</summary>
    public required DateTime NextAttempt { get; set; }

    /// <summary>When it was given up; null while it is still to be sent.</summary>
    public DateTime? DateDeadLettered { get; set; }

    /// <summary>What the last try met: a status or the kind of failure.</summary>
    public string? LastError { get; set; }

    /// <summary>The same for every try of this delivery, and no other's: another database counts from one as well, but not at the same time.</summary>
    public Guid EventId => new([.. BitConverter.GetBytes(Id), .. BitConverter.GetBytes(DateCreated.Ticks)]);
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
            .HasIndex(d => d.DateDeadLettered, "ix_webhook_deliveries_dead_lettered")
            .HasFilter("date_dead_lettered IS NOT NULL");
    }
}
