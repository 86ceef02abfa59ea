using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Conversations;

/// <summary>
/// A Conversation (CH…). Its row also counts its participants and is their lock, see <see cref="ConversationLock"/>.
/// </summary>
public sealed class Conversation : ServiceResource, IResource
{
    public static string SidPrefix => "CH";

    public string? FriendlyName { get; set; }

    /// <summary>An alternative to the SID in paths. It is unique in the chat service.</summary>
    public string? UniqueName { get; set; }

    public required string MessagingServiceSid { get; set; }

    /// <summary>JSON text, kept byte for byte.</summary>
    public string Attributes { get; set; } = "{}";

    /// <summary>One of <see cref="ConversationState"/>.</summary>
    public required string State { get; set; }

    /// <summary>The ISO 8601 duration of Timers.Inactive; null when it is not set.</summary>
    public string? InactiveTimer { get; set; }

    /// <summary>The same for Timers.Closed.</summary>
    public string? ClosedTimer { get; set; }

    /// <summary>When the timer Timers.Inactive expires; null when it is not set.</summary>
    public DateTime? DateInactive { get; set; }

    /// <summary>When the timer Timers.Closed expires; null when it is not set.</summary>
    public DateTime? DateClosed { get; set; }

    /// <summary>Bindings.Email.Address, the sender address of the conversation's emails.</summary>
    public string? EmailAddress { get; set; }

    public string? EmailName { get; set; }

    /// <summary>
    /// The index of the next message: greater than that of every message which the conversation ever had.
    /// </summary>
    public long NextMessageIndex { get; set; }

    public int ParticipantCount { get; set; }

    /// <summary>The number of participants without an identity.</summary>
    public int NonChatCount { get; set; }

    /// <summary>
    /// The number of participants that make the conversation a group text: those with a projected address, and those
    /// that have only an address.
    /// </summary>
    public int GroupCount { get; set; }

    /// <summary>The digest of the addresses of an open group of three or more, sorted; else null.</summary>
    public string? GroupSet { get; set; }

    /// <summary>
    /// The same, for one group of those that have the set; null for the others. A participant is refused that would
    /// give a group the set of another one, and the unique index decides between two such requests. But a member may
    /// always leave, and what remains may be the set of another group.
    /// </summary>
    public string? GroupKey { get; set; }

    public bool IsInitializing => State == ConversationState.Initializing;

    public bool IsClosed => State == ConversationState.Closed;

    /// <summary>A conversation as the form describes it, not yet stored.</summary>
    public static Conversation New(ConversationForm form, Account account, string chatServiceSid, AccountClock clock)
    {
        var now = clock.Now;
        var dateCreated = Forms.Date(form.DateCreated) ?? now;
        var conversation = new Conversation
        {
            Sid = clock.NewSid<Conversation>(),
            AccountSid = account.Sid,
            ChatServiceSid = chatServiceSid,
            FriendlyName = form.FriendlyName.NullIfEmpty(),
            UniqueName = form.UniqueName.NullIfEmpty(),
            MessagingServiceSid = form.MessagingServiceSid.NullIfEmpty() ?? account.DefaultMessagingServiceSid,
            Attributes = form.Attributes.NullIfEmpty() ?? "{}",
            State = form.State ?? ConversationState.Active,
            EmailAddress = form.Bindings.Email.Address.NullIfEmpty(),
            EmailName = form.Bindings.Email.Name.NullIfEmpty(),
            DateCreated = dateCreated,
            DateUpdated = Forms.Date(form.DateUpdated) ?? dateCreated,
        };
        conversation.SetTimers(
            form.Timers.Inactive.NullIfEmpty() ?? account.DefaultInactiveTimer,
            form.Timers.Closed.NullIfEmpty() ?? account.DefaultClosedTimer,
            now
        );
        return conversation;
    }

    /// <summary>Sets the timers of a new conversation. Their durations begin now.</summary>
    /// <param name="inactive">An ISO 8601 duration; null, and a duration of zero, for no timer.</param>
    /// <param name="closed">The same for the other timer.</param>
    public void SetTimers(string? inactive, string? closed, DateTime now)
    {
        (InactiveTimer, ClosedTimer) = (TimerRules.Stored(inactive), TimerRules.Stored(closed));
        (DateInactive, DateClosed) = (TimerRules.DateAfter(InactiveTimer, now), TimerRules.DateAfter(ClosedTimer, now));
    }

    /// <summary>Whether a timer has expired that <see cref="ConversationTimers"/> has not settled.</summary>
    public bool IsDue(DateTime now) =>
        !IsClosed && (DateClosed <= now || (State == ConversationState.Active && DateInactive <= now));

    /// <summary>Whether the rules of a group text (Group MMS) apply.</summary>
    public bool IsGroup => GroupCount > 0;
}

public sealed class ConversationTable : IEntityTypeConfiguration<Conversation>
{
    public void Configure(EntityTypeBuilder<Conversation> builder)
    {
        builder.ToTable("conversations").HasKey(c => c.Sid);
        builder.Ignore(c => c.IsInitializing).Ignore(c => c.IsClosed).Ignore(c => c.IsGroup);

        // Without this an update that began before the conversation was closed would reopen it.
        builder.Property(c => c.State).IsConcurrencyToken();

        // A conversation that becomes active starts its timers anew, with the durations that the check read.
        builder.Property(c => c.InactiveTimer).IsConcurrencyToken();
        builder.Property(c => c.ClosedTimer).IsConcurrencyToken();

        // Without this an answer could contain a name that a concurrent update has changed.
        builder.Property(c => c.UniqueName).IsConcurrencyToken();

        builder.HasOne<ChatService>().WithMany().HasForeignKey(c => c.ChatServiceSid).OnDelete(DeleteBehavior.Cascade);
        AddIndexes(builder);
    }

    private static void AddIndexes(EntityTypeBuilder<Conversation> builder)
    {
        builder
            .HasIndex(c => new { c.ChatServiceSid, c.UniqueName }, "ux_conversations_unique_name")
            .IsUnique()
            .HasFilter("unique_name IS NOT NULL");
        builder
            .HasIndex(c => new { c.AccountSid, c.GroupKey }, "ux_conversations_group")
            .IsUnique()
            .HasFilter("group_key IS NOT NULL");
        builder
            .HasIndex(c => new { c.AccountSid, c.GroupSet }, "ix_conversations_group_set")
            .HasFilter("group_set IS NOT NULL");
        builder
            .HasIndex(c => new { c.State, c.DateInactive }, "ix_conversations_date_inactive")
            .HasFilter("date_inactive IS NOT NULL");
        builder.HasIndex(c => c.DateClosed, "ix_conversations_date_closed").HasFilter("date_closed IS NOT NULL");
        builder.HasIndex(c => c.AccountSid, "ix_conversations_no_account").HasFilter("account_sid = ''");
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
