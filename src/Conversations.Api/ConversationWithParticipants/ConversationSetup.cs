using Conversations.Api.Conversations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>
/// The work that a conversation is waiting for while it is initializing. Its participants are already stored, but
/// pending (<see cref="Participants.Participant.Pending"/>). See <see cref="ConversationSetups"/>.
/// </summary>
public sealed class ConversationSetup
{
    /// <summary>
    /// The <see cref="NextAttempt"/> of a new setup. It is due at once, even if the clocks of the servers differ.
    /// </summary>
    public static readonly DateTime AtOnce = DateTime.UnixEpoch;

    public required string ConversationSid { get; init; }

    public required string AccountSid { get; init; }

    /// <summary>The state that the conversation gets: active or inactive.</summary>
    public required string State { get; init; }

    /// <summary>The number of participants to add. If one has disappeared, none is added.</summary>
    public required int ParticipantCount { get; init; }

    /// <summary>Whether the request had the header that enables webhooks.</summary>
    public required bool FiresWebhooks { get; init; }

    /// <summary>The attempts made so far, including the current one.</summary>
    public int Attempts { get; set; }

    /// <summary>
    /// Workers wait until this date. A new setup has <see cref="AtOnce"/>. A claimed one has a date of the database's
    /// clock.
    /// </summary>
    public required DateTime NextAttempt { get; set; }
}

public sealed class ConversationSetupTable : IEntityTypeConfiguration<ConversationSetup>
{
    public void Configure(EntityTypeBuilder<ConversationSetup> builder)
    {
        builder.ToTable("conversation_setups").HasKey(s => s.ConversationSid);
        builder
            .HasOne<Conversation>()
            .WithMany()
            .HasForeignKey(s => s.ConversationSid)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(s => new { s.NextAttempt, s.ConversationSid }, "ix_conversation_setups_due");
    }
}
