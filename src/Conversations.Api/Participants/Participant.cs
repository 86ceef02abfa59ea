using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Participants;

/// <summary>
/// A Participant (MB…) of a conversation. It is an identity (chat), or a binding of address and proxy address (sms,
/// whatsapp, …), or one of the kinds in a group text: an address alone, a projected address alone, or an identity with
/// a projected address.
/// </summary>
public sealed class Participant : ConversationChild, IResource, IHasRole
{
    public static string SidPrefix => "MB";

    public string? Identity { get; set; }

    /// <summary>The user with the identity; null when there is no identity.</summary>
    public string? UserSid { get; set; }

    /// <summary>sms, whatsapp, email, …; null for a chat participant without a binding.</summary>
    public string? BindingType { get; set; }

    public string? Address { get; set; }

    public string? ProxyAddress { get; set; }

    public string? ProjectedAddress { get; set; }

    /// <summary>to, cc or from of an email binding.</summary>
    public string? BindingLevel { get; set; }

    /// <summary>The name of an email binding.</summary>
    public string? BindingName { get; set; }

    /// <summary>
    /// The pair of address and proxy address while it routes inbound messages. Null after the conversation is closed,
    /// which releases the pair.
    /// </summary>
    public string? ActiveBinding { get; set; }

    public required string RoleSid { get; set; }

    /// <summary>JSON text, kept byte for byte.</summary>
    public string Attributes { get; set; } = "{}";

    public long? LastReadMessageIndex { get; set; }

    public DateTime? LastReadTimestamp { get; set; }

    /// <summary>
    /// One of <see cref="Participants.NotificationLevel"/>. Only the conversations of a user show and change it.
    /// </summary>
    public string NotificationLevel { get; set; } = Participants.NotificationLevel.Default;

    /// <summary>
    /// Whether the conversation is closed. Every update of the row has this as a condition: no update follows a close,
    /// and an update does not have to lock the conversation.
    /// </summary>
    public bool ConversationClosed { get; set; }

    /// <summary>
    /// Whether the participant waits to be added to a new conversation, which is initializing. It already holds its
    /// pair and its place in the counts, but no request sees it.
    /// </summary>
    public bool Pending { get; set; }

    public bool IsNonChat => Identity is null;

    public bool IsInGroup => MakesGroup(BindingType, Address, ProxyAddress, ProjectedAddress);

    /// <summary>Makes a participant of a form that passed its rules.</summary>
    /// <param name="defaultRoleSid">The role if the form names none.</param>
    public static Participant New(
        CreateParticipantForm form,
        Conversation conversation,
        string defaultRoleSid,
        AccountClock clock
    )
    {
        var now = clock.Now;
        var binding = form.MessagingBinding;
        return new()
        {
            Sid = clock.NewSid<Participant>(),
            AccountSid = conversation.AccountSid,
            ChatServiceSid = conversation.ChatServiceSid,
            ConversationSid = conversation.Sid,
            Identity = form.Identity.NullIfEmpty(),
            BindingType = binding.ProjectedAddress.NullIfEmpty() is null ? binding.TypeOfAddress : AddressType.Sms,
            Address = binding.Address,
            ProxyAddress = binding.ProxyAddress,
            ProjectedAddress = binding.ProjectedAddress.NullIfEmpty(),
            BindingLevel = binding.TypeOfAddress == AddressType.Email ? binding.Level.NullIfEmpty() ?? "to" : null,
            BindingName = binding.Name.NullIfEmpty(),
            ActiveBinding = PairOf(binding.Address, binding.ProxyAddress),
            RoleSid = form.RoleSid.NullIfEmpty() ?? defaultRoleSid,
            Attributes = form.Attributes.NullIfEmpty() ?? "{}",
            DateCreated = Forms.Date(form.DateCreated) ?? now,
            DateUpdated = Forms.Date(form.DateUpdated) ?? Forms.Date(form.DateCreated) ?? now,
        };
    }

    /// <summary>The pair of addresses that routes inbound messages; null when one of them is missing.</summary>
    public static string? PairOf(string? address, string? proxyAddress) =>
        address is null || proxyAddress is null ? null : $"{address} {proxyAddress}";

    /// <summary>Whether such a binding makes its conversation a group text (Group MMS).</summary>
    public static bool MakesGroup(string? type, string? address, string? proxyAddress, string? projectedAddress) =>
        projectedAddress is not null || (type == AddressType.Sms && address is not null && proxyAddress is null);
}

public sealed class ParticipantTable : IEntityTypeConfiguration<Participant>
{
    public void Configure(EntityTypeBuilder<Participant> builder)
    {
        builder.ToTable("participants").HasKey(p => p.Sid);
        builder.Ignore(p => p.IsNonChat).Ignore(p => p.IsInGroup);

        // A change or deletion is valid only for the kind of participant that was checked. The counts in the
        // conversation's row depend on that.
        builder.Property(p => p.Identity).IsConcurrencyToken();
        builder.Property(p => p.ProxyAddress).IsConcurrencyToken();
        builder.Property(p => p.ProjectedAddress).IsConcurrencyToken();
        builder.Property(p => p.ConversationClosed).IsConcurrencyToken();

        // The answer and the events show the role that the check has read, which may be a stand-in now.
        builder.Property(p => p.RoleSid).IsConcurrencyToken();

        builder
            .HasOne<Conversation>()
            .WithMany()
            .HasForeignKey(p => p.ConversationSid)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserSid).OnDelete(DeleteBehavior.NoAction);
        builder.HasOne<Role>().WithMany().HasForeignKey(p => p.RoleSid).OnDelete(DeleteBehavior.NoAction);

        AddIndexes(builder);
    }

    private static void AddIndexes(EntityTypeBuilder<Participant> builder)
    {
        builder
            .HasIndex(p => new { p.ConversationSid, p.Identity }, "ux_participants_identity")
            .IsUnique()
            .HasFilter("identity IS NOT NULL");
        builder
            .HasIndex(p => new { p.AccountSid, p.ActiveBinding }, "ux_participants_active_binding")
            .IsUnique()
            .HasFilter("active_binding IS NOT NULL");
        builder.HasIndex(p => new { p.ConversationSid, p.Sid }, "ix_participants_conversation");

        // The lists of the conversations of a user and of an address read these in their order.
        builder
            .HasIndex(
                p => new
                {
                    p.UserSid,
                    p.ConversationSid,
                    p.Sid,
                },
                "ix_participants_user"
            )
            .HasFilter("user_sid IS NOT NULL");
        builder
            .HasIndex(
                p => new
                {
                    p.ChatServiceSid,
                    p.Address,
                    p.ConversationSid,
                    p.Sid,
                },
                "ix_participants_address"
            )
            .HasFilter("address IS NOT NULL");
        builder.HasIndex(p => p.RoleSid, "ix_participants_role");
    }
}
