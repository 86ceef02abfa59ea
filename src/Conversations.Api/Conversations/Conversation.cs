using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Conversations;

/// <summary>A Conversation (CH…), and what its row keeps of its participants as their lock (see <see cref="ConversationLock"/>).</summary>
public sealed class Conversation : ServiceResource, IResource
{
    public static string SidPrefix => "CH";

    public string? FriendlyName { get; set; }

    /// <summary>Names the conversation in paths in place of its SID; unique in its chat service.</summary>
    public string? UniqueName { get; set; }

    public required string MessagingServiceSid { get; set; }

    /// <summary>JSON text, kept byte for byte.</summary>
    public string Attributes { get; set; } = "{}";

    /// <summary>One of <see cref="ConversationState"/>.</summary>
    public required string State { get; set; }

    /// <summary>When Timers.Inactive runs out; null when it is not set.</summary>
    public DateTime? DateInactive { get; set; }

    /// <summary>When Timers.Closed runs out; null when it is not set.</summary>
    public DateTime? DateClosed { get; set; }

    /// <summary>Bindings.Email.Address, from which the conversation's emails go out.</summary>
    public string? EmailAddress { get; set; }

    public string? EmailName { get; set; }

    public int ParticipantCount { get; set; }

    /// <summary>Participants without an identity.</summary>
    public int NonChatCount { get; set; }

    /// <summary>Participants that make a conversation a group text: with a projected address, or an address alone.</summary>
    public int GroupCount { get; set; }

    /// <summary>The group's addresses, sorted, while no other open group of the account may have the same; else null.</summary>
    public string? GroupKey { get; set; }

    public bool IsClosed => State == ConversationState.Closed;

    /// <summary>Sets what is given; the clocks of both timers start now.</summary>
    /// <param name="inactive">An ISO 8601 duration; null leaves the timer as it is.</param>
    public void SetTimers(string? inactive, string? closed, DateTime now)
    {
        DateInactive = inactive is null ? DateInactive : now + Forms.Duration(inactive);
        DateClosed = closed is null ? DateClosed : now + Forms.Duration(closed);
    }

    /// <summary>Whether the rules of a group text (Group MMS) apply.</summary>
    public bool IsGroup => GroupCount > 0;
}

/// <summary>Twilio's states. Closed is final.</summary>
public static class ConversationState
{
    public const string Active = "active";

    public const string Inactive = "inactive";

    public const string Closed = "closed";

    public static bool IsKnown(string state) => state is Active or Inactive or Closed;
}

public sealed class ConversationTable : IEntityTypeConfiguration<Conversation>
{
    public void Configure(EntityTypeBuilder<Conversation> builder)
    {
        builder.ToTable("conversations").HasKey(c => c.Sid);
        builder.Ignore(c => c.IsClosed).Ignore(c => c.IsGroup);

        // Without this an update that began before the conversation was closed would open it again.
        builder.Property(c => c.State).IsConcurrencyToken();

        // Without this an answer could name the conversation as it was before an update that it met.
        builder.Property(c => c.UniqueName).IsConcurrencyToken();

        builder.HasOne<ChatService>().WithMany().HasForeignKey(c => c.ChatServiceSid).OnDelete(DeleteBehavior.Cascade);
        builder
            .HasIndex(c => new { c.ChatServiceSid, c.UniqueName }, "ux_conversations_unique_name")
            .IsUnique()
            .HasFilter("unique_name IS NOT NULL");
        builder
            .HasIndex(c => new { c.AccountSid, c.GroupKey }, "ux_conversations_group")
            .IsUnique()
            .HasFilter("group_key IS NOT NULL");
        builder.HasIndex(c => new { c.ChatServiceSid, c.Sid }, "ix_conversations_chat_service");
        builder.HasIndex(
            c => new
            {
                c.ChatServiceSid,
                c.DateCreated,
                c.Sid,
            },
            "ix_conversations_date_created"
        );
    }
}
