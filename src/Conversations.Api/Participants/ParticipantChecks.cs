using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using static Conversations.Api.Conversations.ConversationLock;

namespace Conversations.Api.Participants;

/// <summary>
/// The rules of participants that need the database, in Twilio's order: conversation (20404), closed (50377), format,
/// kind of participant, sender, limits, uniqueness, role.
/// </summary>
public sealed class ParticipantChecks(
    ConversationsDbContext db,
    ParticipantQueries queries,
    RequestScope scope,
    GroupText groups,
    ConversationTimers timers,
    CreateParticipantRules createRules,
    UpdateParticipantRules updateRules,
    AccountClock clock
)
{
    public async Task<Member> FindOpenAsync(
        string conversation,
        string sidOrIdentity,
        CancellationToken cancellationToken
    )
    {
        var found =
            await queries.FetchTrackedAsync(db, scope.Path(conversation), sidOrIdentity, cancellationToken)
            ?? throw scope.NotFound();
        if (await timers.SettleAsync([found.Conversation], cancellationToken))
        {
            return await FindOpenAsync(conversation, sidOrIdentity, cancellationToken);
        }

        ConversationState.RequireOpen(found.Conversation.State);
        return found;
    }

    public async Task<ParticipantChange> CheckCreateAsync(
        string conversation,
        CreateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        var (binding, roleSid) = (form.MessagingBinding, form.RoleSid.NullIfEmpty());
        var pair = Participant.PairOf(binding.Address, binding.ProxyAddress);
        var facts = await FactsAsync(conversation, form.Identity, pair, roleSid, cancellationToken);
        if (await SettleAsync(facts, cancellationToken))
        {
            return await CheckCreateAsync(conversation, form, cancellationToken);
        }

        ConversationState.RequireOpen(facts.Conversation.State);
        createRules.Check(form);
        BindingChange.RequireNoSender(scope.Account, binding.Address);
        BindingChange.RequireSenders(scope.Account, binding.ProxyAddress, binding.ProjectedAddress.NullIfEmpty());

        var participant = Participant.New(form, facts.Conversation, facts.DefaultRoleSid, clock);
        TwilioException.ThrowIf(facts.Conversation.ParticipantCount >= MaxParticipants, TwilioErrors.ParticipantLimit);
        TwilioException.ThrowIf(
            participant.IsNonChat && facts.Conversation.NonChatCount >= MaxNonChatParticipants,
            TwilioErrors.NonChatParticipantLimit
        );
        var change = new ParticipantChange(participant, facts.Conversation.IsGroup, Before: null)
        {
            Joined = facts.Conversation,
            Defaults = roleSid is null
                ? new(facts.Conversation.ChatServiceSid) { ConversationRoleSid = facts.DefaultRoleSid }
                : null,
        };

        // The members of a group need a second query, and both need one snapshot.
        return change.IsGroupChange && !db.IsInSnapshot
            ? await db.InSnapshotAsync(() => CheckCreateAsync(conversation, form, cancellationToken), cancellationToken)
            : await CheckedAsync(change, facts, cancellationToken);
    }

    private async Task<ParticipantFacts> FactsAsync(
        string conversation,
        string? identity,
        string? pair,
        string? roleSid,
        CancellationToken cancellationToken
    ) =>
        await queries.FactsAsync(
            db,
            scope.Path(conversation),
            identity.NullIfEmpty(),
            pair,
            roleSid.NullIfEmpty(),
            cancellationToken
        ) ?? throw scope.NotFound();

    // The timers of the conversation, and of the one that holds the pair of addresses.
    private async Task<bool> SettleAsync(ParticipantFacts facts, CancellationToken cancellationToken) =>
        await timers.SettleAsync([facts.Conversation], cancellationToken)
        || (
            facts.PairHolder is { } holder
            && !db.IsInSnapshot
            && await timers.SettleHoldersAsync(db.Set<Conversation>().Where(c => c.Sid == holder), cancellationToken)
        );

    public async Task<ParticipantChange> CheckUpdateAsync(
        string conversation,
        string sidOrIdentity,
        UpdateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        if (form.ChangesBinding && !db.IsInSnapshot)
        {
            await timers.SettleAsync(scope.ConversationNamed(conversation), cancellationToken);
            await SettleHolderAsync(conversation, sidOrIdentity, form.MessagingBinding.ProxyAddress, cancellationToken);
            return await db.InSnapshotAsync(
                () => CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
                cancellationToken
            );
        }

        var (participant, parent) = await FindOpenAsync(conversation, sidOrIdentity, cancellationToken);
        updateRules.Check(form);
        var change = new ParticipantChange(
            participant,
            parent.IsGroup,
            ParticipantKind.Of(participant),
            form.ChangesBinding
        );
        BindingChange.Apply(form, participant, scope.Account);

        // A guess: a group has no plain chat participant, and the dictionary has no other error for this.
        TwilioException.ThrowIf(change.LeavesGroup && parent.GroupCount > 1, TwilioErrors.ProjectedAddressNotRemovable);
        Apply(form, db.Entry(participant));
        if (!form.ChangesBinding && form.RoleSid.NullIfEmpty() is null)
        {
            return change;
        }

        var pair = form.MessagingBinding.ProxyAddress is null ? null : participant.ActiveBinding;
        var facts = await FactsAsync(conversation, form.Identity, pair, form.RoleSid, cancellationToken);
        return await CheckedAsync(change, facts, cancellationToken);
    }

    // The conversation that holds the pair of the participant's address and a new proxy address.
    private async Task SettleHolderAsync(
        string conversation,
        string sidOrIdentity,
        string? proxyAddress,
        CancellationToken cancellationToken
    )
    {
        if (
            proxyAddress is not (null or Forms.Null)
            && await queries.FetchAsync(db, scope.Path(conversation), sidOrIdentity, cancellationToken) is { } found
            && Participant.PairOf(found.Address, proxyAddress) is { } pair
        )
        {
            var holders = db.Set<Participant>()
                .Where(p => p.AccountSid == found.AccountSid && p.ActiveBinding == pair && p.Sid != found.Sid)
                .Select(p => p.ConversationSid);
            await timers.SettleHoldersAsync(
                db.Set<Conversation>().Where(c => holders.Contains(c.Sid)),
                cancellationToken
            );
        }
    }

    private void Apply(UpdateParticipantForm form, EntityEntry<Participant> row)
    {
        var now = clock.Now;
        row.Write(p => p.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(p => p.DateCreated, Forms.Date(form.DateCreated), Forms.Date(form.DateCreated) ?? now);
        row.Write(p => p.DateUpdated, now, Forms.Date(form.DateUpdated) ?? now);
        row.Write(p => p.RoleSid, form.RoleSid.NullIfEmpty(), form.RoleSid!);
        ReadHorizon.Write(row, form.LastReadMessageIndex, form.LastReadTimestamp, now);
    }

    // Checks uniqueness and role. The first participant of a new identity also creates its user.
    private async Task<ParticipantChange> CheckedAsync(
        ParticipantChange change,
        ParticipantFacts facts,
        CancellationToken cancellationToken
    )
    {
        var participant = change.Participant;
        TwilioException.ThrowIf(
            facts.UserConversationCount >= User.MaxConversations,
            TwilioErrors.UserConversationLimit
        );
        if (change.IsGroupChange)
        {
            await groups.CheckAsync(participant, cancellationToken);
        }

        TwilioException.ThrowIf(facts.HasIdentity, TwilioErrors.ParticipantExists);
        TwilioException.ThrowIf(facts.PairHolder is not null, TwilioErrors.BindingInUse(facts.PairHolder ?? ""));
        TwilioException.ThrowIf(!facts.HasRole, TwilioErrors.ConversationRoleNotFound);
        if (participant.Identity is not { } identity || participant.UserSid is not null)
        {
            return change;
        }

        var user = facts.UserSid is null
            ? User.New(facts.Conversation, identity, facts.DefaultUserRoleSid, clock)
            : null;
        participant.UserSid = facts.UserSid ?? user!.Sid;
        return change with
        {
            Joins = true,
            NewUser = user,
            Defaults = user is null
                ? change.Defaults
                : (change.Defaults ?? new(user.ChatServiceSid)) with
                {
                    UserRoleSid = user.RoleSid,
                },
        };
    }
}
