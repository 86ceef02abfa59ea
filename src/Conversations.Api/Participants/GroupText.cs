using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Participants;

/// <summary>
/// The rules of a group text (Group MMS): a conversation with at least one address-only or projected participant. The
/// rules depend on all members, so only a check under the lock of the conversation's row is reliable. The check before
/// the lock finds the error for the caller.
/// </summary>
public sealed class GroupText(ConversationsDbContext db)
{
    public const int MaxParticipants = 10;

    // Fewer members are not a group yet: the same two addresses may be in any number of conversations.
    private const int MinGroupSize = 3;

    /// <summary>The errors of <see cref="CheckAsync"/> about the other members of the group.</summary>
    public static IReadOnlyList<TwilioError> Errors { get; } =
    [
        TwilioErrors.GroupActivationFailed,
        TwilioErrors.GroupLimit,
        TwilioErrors.GroupParticipantExists,
        TwilioErrors.GroupExists("{conversationSid}"),
    ];

    /// <summary>Throws when a new or changed participant breaks a rule of the group.</summary>
    /// <returns>The group's set with the participant; null while the group is too small to have one.</returns>
    public async Task<string?> CheckAsync(Participant participant, CancellationToken cancellationToken)
    {
        var self = Member.Of(participant);
        var others = await MembersAsync(participant.ConversationSid, except: participant.Sid, cancellationToken);
        Require(self, others);
        return await FreeAsync(SetOf([.. others, self]), participant, cancellationToken);
    }

    /// <summary>
    /// Throws when a participant of a new conversation breaks a rule of the group that it makes with those before it.
    /// </summary>
    public static void Require(Participant participant, IReadOnlyCollection<Participant> before)
    {
        if (participant.IsInGroup || before.Any(other => other.IsInGroup))
        {
            Require(Member.Of(participant), [.. before.Select(Member.Of)]);
        }
    }

    /// <summary>Throws when another group has the addresses of a new conversation's participants.</summary>
    /// <returns>The group's set; null while the group is too small to have one.</returns>
    public Task<string?> CheckSetAsync(IReadOnlyList<Participant> participants, CancellationToken cancellationToken) =>
        FreeAsync(SetOf([.. participants.Select(Member.Of)]), participants[0], cancellationToken);

    private static void Require(Member self, IReadOnlyCollection<Member> others)
    {
        TwilioException.ThrowIf(self.IsPlainChat, TwilioErrors.ProjectedAddressNotProvided);

        // Recorded. For an existing member the error is 50435, which the dictionary describes as an invalid list.
        TwilioException.ThrowIf(!self.HasGroupNumber, TwilioErrors.InvalidAddress);
        TwilioException.ThrowIf(
            others.Any(other => other.IsPlainChat || !other.HasGroupNumber),
            TwilioErrors.GroupActivationFailed
        );
        TwilioException.ThrowIf(others.Count >= MaxParticipants, TwilioErrors.GroupLimit);
        TwilioException.ThrowIf(others.Any(other => other.IsSameAs(self)), TwilioErrors.GroupParticipantExists);
    }

    private async Task<string?> FreeAsync(string? set, Participant participant, CancellationToken cancellationToken) =>
        set is not null && await OtherAsync(set, participant, cancellationToken) is { } other
            ? throw new TwilioException(TwilioErrors.GroupExists(other))
            : set;

    /// <summary>
    /// Stores the address set of a group whose change passed the check. The caller has the row lock.
    /// </summary>
    public async Task SetAsync(Participant participant, string? set, CancellationToken cancellationToken)
    {
        await ReleaseDeletedAsync(participant.AccountSid, set, cancellationToken);
        await SetAsync(participant.ConversationSid, set, set, cancellationToken);
    }

    /// <summary>Takes an address set from a group whose chat service is deleted.</summary>
    /// <param name="set">Null for none.</param>
    public async Task ReleaseDeletedAsync(string accountSid, string? set, CancellationToken cancellationToken)
    {
        if (set is not null)
        {
            await db.Set<Conversation>()
                .Where(c => c.AccountSid == accountSid && c.GroupKey == set)
                .Where(c =>
                    db.Set<ChatService>().Any(s => s.Sid == c.ChatServiceSid && s.AccountSid == Resource.NoAccount)
                )
                .ExecuteUpdateAsync(c => c.SetProperty(r => r.GroupKey, (string?)null), cancellationToken);
        }
    }

    /// <summary>
    /// Stores the address set of the remaining members after a member left. The caller has the row lock. A member may
    /// always leave, even if another group has the remaining set. A closed conversation, from which a deleted user
    /// is removed too, has no set.
    /// </summary>
    public async Task ShrinkAsync(Participant gone, CancellationToken cancellationToken)
    {
        var set = SetOf(await MembersAsync(gone.ConversationSid, except: gone.Sid, cancellationToken));
        await ReleaseDeletedAsync(gone.AccountSid, set, cancellationToken);
        var isTaken =
            set is not null
            && await db.Set<Conversation>()
                .AnyAsync(
                    c => c.AccountSid == gone.AccountSid && c.GroupKey == set && c.Sid != gone.ConversationSid,
                    cancellationToken
                );
        await SetAsync(gone.ConversationSid, set, isTaken ? null : set, cancellationToken);
    }

    /// <summary>
    /// Stores that the conversation is no group after its only member lost the projected address. The caller has the
    /// row lock.
    /// </summary>
    /// <exception cref="TwilioException">50442: the group has other members.</exception>
    public async Task EndAsync(Participant participant, CancellationToken cancellationToken)
    {
        var others = await MembersAsync(participant.ConversationSid, except: participant.Sid, cancellationToken);
        TwilioException.ThrowIf(others.Any(other => other.IsInGroup), TwilioErrors.ProjectedAddressNotRemovable);
        await SetAsync(participant.ConversationSid, set: null, key: null, cancellationToken);
    }

    private Task<int> SetAsync(string conversationSid, string? set, string? key, CancellationToken cancellationToken) =>
        db.Set<Conversation>()
            .Where(c => c.Sid == conversationSid && c.State != ConversationState.Closed)
            .ExecuteUpdateAsync(
                c =>
                    c.SetProperty(r => r.GroupKey, r => r.GroupSet == set ? r.GroupKey : key)
                        .SetProperty(r => r.GroupSet, set),
                cancellationToken
            );

    private Task<List<Member>> MembersAsync(
        string conversationSid,
        string except,
        CancellationToken cancellationToken
    ) =>
        db.Set<Participant>()
            .Where(p => p.ConversationSid == conversationSid && p.Sid != except)
            .Select(p => new Member(p.BindingType, p.Identity, p.Address, p.ProxyAddress, p.ProjectedAddress))
            .ToListAsync(cancellationToken);

    // Another group with the set; null if there is none, or if the conversation already has the set itself.
    private Task<string?> OtherAsync(string set, Participant participant, CancellationToken cancellationToken) =>
        db.Set<Conversation>()
            .Live(db)
            .Where(c =>
                c.AccountSid == participant.AccountSid
                && c.GroupSet == set
                && c.Sid != participant.ConversationSid
                && !db.Set<Conversation>().Any(own => own.Sid == participant.ConversationSid && own.GroupSet == set)
            )
            .OrderBy(c => c.Sid)
            .Select(c => c.Sid)
            .FirstOrDefaultAsync(cancellationToken);

    private static string? SetOf(IReadOnlyCollection<Member> members)
    {
        string[] bound = [.. members.Select(member => member.Address ?? member.ProjectedAddress).OfType<string>()];
        return members.Any(member => member.IsInGroup) ? SetOf(bound) : null;
    }

    /// <summary>
    /// The set of the members' addresses, as the row of the conversation has it; null for too few members.
    /// </summary>
    public static string? SetOf(IReadOnlyCollection<string> addresses) =>
        addresses.Count < MinGroupSize
            ? null
            : Digest.Of(string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal)));

    private sealed record Member(
        string? BindingType,
        string? Identity,
        string? Address,
        string? ProxyAddress,
        string? ProjectedAddress
    )
    {
        public static Member Of(Participant participant) =>
            new(
                participant.BindingType,
                participant.Identity,
                participant.Address,
                participant.ProxyAddress,
                participant.ProjectedAddress
            );

        public bool IsPlainChat => Identity is not null && ProjectedAddress is null;

        /// <summary>
        /// Whether the phone number, if there is one, is US or Canadian. No recording shows other channels in a group,
        /// so they are accepted (a guess).
        /// </summary>
        public bool HasGroupNumber =>
            BindingType != AddressType.Sms
            || ((Address ?? ProjectedAddress) is { } number && PhoneNumber.IsUsOrCanadian(number));

        public bool IsInGroup => Participant.MakesGroup(BindingType, Address, ProxyAddress, ProjectedAddress);

        public bool IsSameAs(Member other) =>
            (Identity, Address, ProxyAddress, ProjectedAddress)
            == (other.Identity, other.Address, other.ProxyAddress, other.ProjectedAddress);
    }
}
