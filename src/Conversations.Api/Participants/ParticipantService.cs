using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using static Conversations.Api.Conversations.ConversationLock;

namespace Conversations.Api.Participants;

/// <summary>
/// The rules of participants that need the database. A write is checked in Twilio's order: conversation (20404), closed
/// (50377), format, kind of participant, sender, limits, uniqueness, role. Then it is written under the lock of the
/// conversation's row.
/// </summary>
public sealed class ParticipantService(
    ConversationsDbContext db,
    ParticipantQueries queries,
    ListQuery<Participant> list,
    RequestScope scope,
    GroupText groups,
    Changes changes,
    ConversationTimers timers,
    CreateParticipantRules createRules,
    UpdateParticipantRules updateRules,
    TimeProvider clock
)
{
    /// <summary>Participants have a conversation role.</summary>
    public static RoleHolder RoleHolder { get; } =
        new(
            (db, role, max, cancellationToken) =>
                db.Set<Participant>()
                    .Where(p => p.RoleSid == role)
                    .OrderBy(p => p.RoleSid)
                    .Take(max)
                    .CountAsync(cancellationToken),
            (db, role, service, max, cancellationToken) =>
                // With the role in both conditions, a row that gets another role at the same time keeps it.
                db.Set<Participant>()
                    .Where(p => p.RoleSid == role)
                    .Where(p =>
                        db.Set<Participant>()
                            .Where(other => other.RoleSid == role)
                            .OrderBy(other => other.RoleSid)
                            .Take(max)
                            .Select(other => other.Sid)
                            .Contains(p.Sid)
                    )
                    .ExecuteUpdateAsync(
                        p => p.SetProperty(r => r.RoleSid, service.DefaultConversationRoleSid),
                        cancellationToken
                    )
        );

    /// <param name="conversation">The conversation's SID or UniqueName.</param>
    public async Task<Participant> CreateAsync(
        string conversation,
        CreateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        var created = await changes.RunAsync(
            check: () => CheckCreateAsync(conversation, form, cancellationToken),
            before: change => ParticipantEvents.Add(change.Participant),
            write: change => WriteAsync(conversation, change, cancellationToken),
            after: Added,
            isOneStatement: IsOneStatement,
            cancellationToken: cancellationToken
        );
        return created.Participant;

        IEnumerable<WebhookEvent> Added(Change change)
        {
            yield return ParticipantEvents.Added(change.Participant);
            if (change.NewUser is { } user)
            {
                yield return UserEvents.Added(user);
            }

            if (change.Joined is { State: ConversationState.Inactive } woken)
            {
                yield return ConversationEvents.Woken(woken, clock.GetUtcNow().UtcDateTime);
            }
        }
    }

    /// <param name="sidOrIdentity">
    /// A text in the form of a participant's SID is a SID; any other text is an identity.
    /// </param>
    public async Task<Participant> FetchAsync(
        string conversation,
        string sidOrIdentity,
        CancellationToken cancellationToken
    ) =>
        await queries.FetchAsync(db, scope.Path(conversation), sidOrIdentity, cancellationToken)
        ?? throw scope.NotFound();

    public Task<Page<Participant>> ListAsync(
        string conversation,
        PageRequest request,
        CancellationToken cancellationToken
    ) => scope.PageAsync(list, conversation, request, cancellationToken);

    public async Task<Participant> UpdateAsync(
        string conversation,
        string sidOrIdentity,
        UpdateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        // The events of a conversation have the order of its changes, so a change with events takes the lock. A request
        // that names the conversation by UniqueName takes it too, because the name can change.
        var isNamed = scope.Path(conversation).UniqueName is not null;
        var updated =
            form.ChangesBinding || changes.HaveEvents || isNamed
                ? await changes.RunAsync(
                    check: () => CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
                    before: change => ParticipantEvents.Update(change.Participant),
                    write: change => WriteAsync(conversation, change, cancellationToken),
                    after: change =>
                        change.NewUser is { } user
                            ? [ParticipantEvents.Updated(change.Participant), UserEvents.Added(user)]
                            : [ParticipantEvents.Updated(change.Participant)],
                    cancellationToken: cancellationToken
                )
                : await changes.SaveAsync(
                    check: () => CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
                    cancellationToken: cancellationToken
                );
        return updated.Participant;
    }

    public Task DeleteAsync(string conversation, string sidOrIdentity, CancellationToken cancellationToken) =>
        changes.RunAsync(
            check: () => FindOpenAsync(conversation, sidOrIdentity, cancellationToken),
            before: found => ParticipantEvents.Remove(found.Participant),
            write: found => RemoveAsync(conversation, found, cancellationToken),
            after: found => [ParticipantEvents.Removed(found.Participant, clock.GetUtcNow().UtcDateTime)],
            cancellationToken: cancellationToken
        );

    private async Task<Member> FindOpenAsync(
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

    private async Task<Change> CheckCreateAsync(
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

        var participant = Participant.New(form, facts.Conversation, facts.DefaultRoleSid, clock.GetUtcNow());
        TwilioException.ThrowIf(facts.Conversation.ParticipantCount >= MaxParticipants, TwilioErrors.ParticipantLimit);
        TwilioException.ThrowIf(
            participant.IsNonChat && facts.Conversation.NonChatCount >= MaxNonChatParticipants,
            TwilioErrors.NonChatParticipantLimit
        );
        var change = new Change(participant, facts.Conversation.IsGroup, Before: null)
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
            && await timers.SettleAsync(db.Set<Conversation>().Where(c => c.Sid == holder), cancellationToken)
        );

    private async Task<Change> CheckUpdateAsync(
        string conversation,
        string sidOrIdentity,
        UpdateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        if (form.ChangesBinding && !db.IsInSnapshot)
        {
            await timers.SettleAsync(scope.ConversationNamed(conversation), cancellationToken);
            return await db.InSnapshotAsync(
                () => CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
                cancellationToken
            );
        }

        var (participant, parent) = await FindOpenAsync(conversation, sidOrIdentity, cancellationToken);
        updateRules.Check(form);
        var change = new Change(participant, parent.IsGroup, Kind.Of(participant), form.ChangesBinding);
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

    private void Apply(UpdateParticipantForm form, EntityEntry<Participant> row)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        row.Write(p => p.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(p => p.DateCreated, Forms.Date(form.DateCreated), Forms.Date(form.DateCreated) ?? now);
        row.Write(p => p.DateUpdated, now, Forms.Date(form.DateUpdated) ?? now);
        row.Write(p => p.RoleSid, form.RoleSid.NullIfEmpty(), form.RoleSid!);
        ReadHorizon.Write(row, form.LastReadMessageIndex, form.LastReadTimestamp, now);
    }

    // Checks uniqueness and role. The first participant of a new identity also creates its user.
    private async Task<Change> CheckedAsync(Change change, ParticipantFacts facts, CancellationToken cancellationToken)
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
            ? User.New(facts.Conversation, identity, facts.DefaultUserRoleSid, clock.GetUtcNow())
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

    // On PostgreSQL the rows of a new participant are written in one statement. The address set of a group takes more.
    private bool IsOneStatement(Change change) =>
        db is PostgresDbContext && change is { Before: null, IsGroupChange: false };

    private async Task WriteAsync(string conversation, Change change, CancellationToken cancellationToken)
    {
        var participant = change.Participant;
        Reservation reservation = new(participant.ConversationSid, change.Before, Kind.Of(participant), change.WasGroup)
        {
            UniqueName = scope.Path(conversation).UniqueName,
            Woken = change.Joined is { } joined ? (joined, clock.GetUtcNow().UtcDateTime) : null,
            Defaults = change.Defaults,
            UserSid = change is { Joins: true, NewUser: null } ? participant.UserSid : null,
            UserConversations = 1,
        };
        if (db is PostgresDbContext postgres && IsOneStatement(change))
        {
            await postgres.InsertAsync(reservation, participant, change.NewUser, cancellationToken);
            return;
        }

        await db.ReserveAsync(reservation, cancellationToken);
        await WriteGroupAsync(change, cancellationToken);
        if (change.NewUser is not null)
        {
            db.Add(change.NewUser);
        }

        if (change.Before is null)
        {
            db.Add(participant);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task WriteGroupAsync(Change change, CancellationToken cancellationToken)
    {
        var participant = change.Participant;
        if (change.IsGroupChange)
        {
            var set = await groups.CheckAsync(participant, cancellationToken);
            await groups.SetAsync(participant.ConversationSid, set, cancellationToken);
        }
        else if (change.LeavesGroup)
        {
            await groups.EndAsync(participant, cancellationToken);
        }
    }

    private async Task RemoveAsync(string conversation, Member found, CancellationToken cancellationToken)
    {
        var participant = found.Participant;
        await db.ReserveAsync(
            new(participant.ConversationSid, Kind.Of(participant), After: null, found.Conversation.IsGroup)
            {
                UniqueName = scope.Path(conversation).UniqueName,
                UserSid = participant.UserSid,
                UserConversations = -1,
            },
            cancellationToken
        );
        if (found.Conversation.IsGroup)
        {
            await groups.ShrinkAsync(participant, cancellationToken);
        }

        if (changes.HaveEvents)
        {
            // The event shows the stored row. This update locks it, so no other one can follow.
            db.Entry(participant).Write(p => p.ActiveBinding, conversation, value: null);
            await db.SaveChangesAsync(cancellationToken);
        }

        db.Remove(participant);
    }

    /// <summary>A participant as it is to be stored.</summary>
    /// <param name="WasGroup">Whether the conversation is a group text before the change.</param>
    /// <param name="Before">
    /// What the conversation's row counts for the participant before the change; null if it is new.
    /// </param>
    /// <param name="ChangesBinding">False when the change does not affect the group.</param>
    /// <param name="Joins">Whether an identity joins the conversation, which its user's row counts.</param>
    /// <param name="NewUser">The user that is created with the participant; null for none.</param>
    private sealed record Change(
        Participant Participant,
        bool WasGroup,
        Kind? Before,
        bool ChangesBinding = true,
        bool Joins = false,
        User? NewUser = null,
        Defaults? Defaults = null
    )
    {
        /// <summary>The conversation as the check found it, for a new participant; null for another change.</summary>
        public Conversation? Joined { get; init; }

        /// <summary>Whether a chat participant of a group text loses its projected address.</summary>
        public bool LeavesGroup =>
            Before is { IsInGroup: true } && !Participant.IsInGroup && Participant.Address is null;

        /// <summary>Whether the rules of a group text apply to the change.</summary>
        public bool IsGroupChange => ChangesBinding && (WasGroup || Participant.IsInGroup) && !LeavesGroup;
    }
}
