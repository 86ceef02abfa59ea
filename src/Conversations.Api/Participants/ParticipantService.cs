using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using static Conversations.Api.Conversations.ConversationGate;

namespace Conversations.Api.Participants;

/// <summary>
/// The rules of participants that need the database. A write is checked in Twilio's order: conversation (20404), closed (50377),
/// format, kind of participant, sender, limits, uniqueness, role; then written behind the conversation's gate.
/// </summary>
public sealed class ParticipantService(
    ConversationsDbContext db, ParticipantQueries queries, RequestScope scope, GroupText groups, WebhookService webhooks, CreateParticipantRules createRules, UpdateParticipantRules updateRules,
    TimeProvider clock)
{
    /// <param name="conversation">The conversation's SID or UniqueName.</param>
    public async Task<Participant> CreateAsync(string conversation, CreateParticipantForm form, CancellationToken cancellationToken)
    {
        Change change = null!;
        await webhooks.BeforeAsync(async () => ParticipantEvents.Add((await CheckCreateAsync(conversation, form, cancellationToken)).Participant), cancellationToken);
        await db.WriteAsync(
            check: async () => change = await CheckCreateAsync(conversation, form, cancellationToken),
            write: () => ChangeAsync(change, cancellationToken),
            cancellationToken);
        return change.Participant;
    }

    /// <param name="sidOrIdentity">Text of the form of a participant's SID is a SID, all other an identity.</param>
    public async Task<Participant> FetchAsync(string conversation, string sidOrIdentity, CancellationToken cancellationToken)
        => await queries.FetchAsync(db, scope.Path(conversation), sidOrIdentity, cancellationToken) ?? throw scope.NotFound();

    public async Task<Page<Participant>> ListAsync(string conversation, PageRequest request, CancellationToken cancellationToken)
    {
        var path = scope.Path(conversation);
        var page = await request.ToPageAsync("MB", () => Of(conversation), (start, count) => queries.ListAsync(db, path, start, count), cancellationToken);
        if (page.Items is not [])
        {
            return page;
        }

        // Only an empty page leaves it open whether there is a conversation at all. A name may be given to one just then, which need not be empty.
        return !Sid.Is("CH", conversation) && !db.IsInOneMoment
            ? await db.InOneMomentAsync(() => ListAsync(conversation, request, cancellationToken), cancellationToken)
            : await scope.ConversationNamed(conversation).AnyAsync(cancellationToken) ? page : throw scope.NotFound();
    }

    public async Task<Participant> UpdateAsync(string conversation, string sidOrIdentity, UpdateParticipantForm form, CancellationToken cancellationToken)
    {
        Change change = null!;
        await webhooks.BeforeAsync(async () => ParticipantEvents.Update((await CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken)).Participant), cancellationToken);
        await db.WriteAsync(
            check: async () => change = await CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
            write: form.ChangesBinding || webhooks.Enabled ? () => ChangeAsync(change, cancellationToken) : null,
            cancellationToken);
        return change.Participant;
    }

    public async Task DeleteAsync(string conversation, string sidOrIdentity, CancellationToken cancellationToken)
    {
        Participant participant = null!;
        var wasGroup = false;
        await webhooks.BeforeAsync(async () => ParticipantEvents.Remove((await FindOpenAsync(conversation, sidOrIdentity, cancellationToken)).Participant), cancellationToken);
        await db.WriteAsync(
            check: async () =>
            {
                (participant, var parent) = await FindOpenAsync(conversation, sidOrIdentity, cancellationToken);
                wasGroup = parent.IsGroup;
            },
            write: () => RemoveAsync(participant, wasGroup, cancellationToken),
            cancellationToken);
    }

    private IQueryable<Participant> Of(string conversation)
        => scope.ConversationNamed(conversation).Join(db.Participants, c => c.Sid, p => p.ConversationSid, (_, p) => p);

    private async Task<Member> FindOpenAsync(string conversation, string sidOrIdentity, CancellationToken cancellationToken)
    {
        var found = await queries.FetchTrackedAsync(db, scope.Path(conversation), sidOrIdentity, cancellationToken) ?? throw scope.NotFound();
        TwilioException.Unless(!found.Conversation.IsClosed, TwilioErrors.ConversationClosed);
        return found;
    }

    private async Task<Change> CheckCreateAsync(string conversation, CreateParticipantForm form, CancellationToken cancellationToken)
    {
        var (identity, binding, roleSid) = (form.Identity.Given(), form.MessagingBinding, form.RoleSid.Given());
        var pair = Participant.PairOf(binding.Address, binding.ProxyAddress);
        var facts = await queries.FactsAsync(db, scope.Path(conversation), identity, pair, roleSid, cancellationToken) ?? throw scope.NotFound();
        TwilioException.Unless(!facts.Conversation.IsClosed, TwilioErrors.ConversationClosed);
        createRules.Check(form);
        Rebinding.RequireNoSender(scope.Account, binding.Address);
        Rebinding.RequireSenders(scope.Account, binding.ProxyAddress, binding.ProjectedAddress.Given());

        var now = clock.GetUtcNow();
        var participant = new Participant
        {
            Sid = Sid.New("MB", now),
            AccountSid = facts.Conversation.AccountSid,
            ChatServiceSid = facts.Conversation.ChatServiceSid,
            ConversationSid = facts.Conversation.Sid,
            Identity = identity,
            BindingType = binding.ProjectedAddress.Given() is null ? binding.TypeOfAddress : AddressType.Sms,
            Address = binding.Address,
            ProxyAddress = binding.ProxyAddress,
            ProjectedAddress = binding.ProjectedAddress.Given(),
            BindingLevel = binding.TypeOfAddress == AddressType.Email ? binding.Level.Given() ?? "to" : null,
            BindingName = binding.Name.Given(),
            ActiveBinding = pair,
            RoleSid = roleSid ?? facts.DefaultRoleSid,
            Attributes = form.Attributes.Given() ?? "{}",
            DateCreated = Forms.Date(form.DateCreated) ?? now.UtcDateTime,
            DateUpdated = Forms.Date(form.DateUpdated) ?? Forms.Date(form.DateCreated) ?? now.UtcDateTime,
        };
        TwilioException.Unless(facts.Conversation.ParticipantCount < MaxParticipants, TwilioErrors.ParticipantLimit);
        TwilioException.Unless(!participant.IsNonChat || facts.Conversation.NonChatCount < MaxNonChatParticipants, TwilioErrors.NonChatParticipantLimit);
        var change = new Change(participant, facts.Conversation.IsGroup, Before: null);

        // The members of a group take a second query.
        return change.IsGroupChange && !db.IsInOneMoment
            ? await db.InOneMomentAsync(() => CheckCreateAsync(conversation, form, cancellationToken), cancellationToken)
            : await CheckedAsync(change, facts, cancellationToken);
    }

    private async Task<Change> CheckUpdateAsync(string conversation, string sidOrIdentity, UpdateParticipantForm form, CancellationToken cancellationToken)
    {
        if (form.ChangesBinding && !db.IsInOneMoment)
        {
            return await db.InOneMomentAsync(() => CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken), cancellationToken);
        }

        var (participant, parent) = await FindOpenAsync(conversation, sidOrIdentity, cancellationToken);
        updateRules.Check(form);
        var change = new Change(participant, parent.IsGroup, Kind.Of(participant), form.ChangesBinding);
        Rebinding.Apply(form, participant, scope.Account);
        var now = clock.GetUtcNow().UtcDateTime;
        participant.Attributes = form.Attributes is null ? participant.Attributes : form.Attributes.Given() ?? "{}";
        participant.DateCreated = Forms.Date(form.DateCreated) ?? participant.DateCreated;
        participant.DateUpdated = Forms.Date(form.DateUpdated) ?? now;
        participant.RoleSid = form.RoleSid.Given() ?? participant.RoleSid;
        participant.Read(form.LastReadMessageIndex.Given(), Forms.Date(form.LastReadTimestamp), now);
        if (!form.ChangesBinding && form.RoleSid.Given() is null)
        {
            return change;
        }

        var pair = form.MessagingBinding.ProxyAddress is null ? null : participant.ActiveBinding;
        var facts = await queries.FactsAsync(db, scope.Path(conversation), form.Identity.Given(), pair, form.RoleSid.Given(), cancellationToken) ?? throw scope.NotFound();
        return await CheckedAsync(change, facts, cancellationToken);
    }

    // Uniqueness and role. The user of a new identity is made with its first participant.
    private async Task<Change> CheckedAsync(Change change, ParticipantFacts facts, CancellationToken cancellationToken)
    {
        var participant = change.Participant;
        TwilioException.Unless(facts.UserConversationCount < User.MaxConversations, TwilioErrors.UserConversationLimit);
        if (change.IsGroupChange)
        {
            await groups.CheckAsync(participant, cancellationToken);
        }

        TwilioException.Unless(!facts.HasIdentity, TwilioErrors.ParticipantExists);
        TwilioException.Unless(facts.PairHolder is null, TwilioErrors.BindingInUse(facts.PairHolder ?? ""));
        TwilioException.Unless(facts.HasRole, TwilioErrors.ConversationRoleNotFound);
        if (participant.Identity is not { } identity || participant.UserSid is not null)
        {
            return change;
        }

        var user = facts.UserSid is null ? User.New(facts.Conversation, identity, facts.DefaultUserRoleSid, clock.GetUtcNow()) : null;
        participant.UserSid = facts.UserSid ?? user!.Sid;
        return change with { Joins = true, NewUser = user };
    }

    private async Task<bool> ChangeAsync(Change change, CancellationToken cancellationToken)
    {
        var participant = change.Participant;
        var joining = change is { Joins: true, NewUser: null } ? participant.UserSid : null;
        if (!await db.PassGateAsync(participant.ConversationSid, change.Before, Kind.Of(participant), change.WasGroup, joining, conversations: 1, cancellationToken))
        {
            return false;
        }

        if (change.IsGroupChange)
        {
            try
            {
                await groups.SetKeyAsync(participant.ConversationSid, await groups.CheckAsync(participant, cancellationToken), cancellationToken);
            }
            catch (TwilioException)
            {
                return false; // The participant may have changed as well: the check names the error.
            }
        }
        else if (change is { WasGroup: true, ChangesBinding: true })
        {
            await groups.ShrinkAsync(participant, cancellationToken);
        }

        if (change.NewUser is not null)
        {
            db.Add(change.NewUser);
        }

        if (change.Before is null)
        {
            db.Add(participant);
        }

        await webhooks.AfterAsync(change.Before is null ? ParticipantEvents.Added(participant) : ParticipantEvents.Updated(participant), cancellationToken);
        if (change.NewUser is not null)
        {
            await webhooks.AfterAsync(UserEvents.Added(change.NewUser), cancellationToken);
        }

        return true;
    }

    private async Task<bool> RemoveAsync(Participant participant, bool wasGroup, CancellationToken cancellationToken)
    {
        if (!await db.PassGateAsync(participant.ConversationSid, Kind.Of(participant), after: null, wasGroup, participant.UserSid, conversations: -1, cancellationToken))
        {
            return false;
        }

        if (wasGroup)
        {
            await groups.ShrinkAsync(participant, cancellationToken);
        }

        db.Remove(participant);
        await webhooks.AfterAsync(ParticipantEvents.Removed(participant, clock.GetUtcNow().UtcDateTime), cancellationToken);
        return true;
    }

    /// <summary>A participant as it shall be.</summary>
    /// <param name="Before">What the gate counted for it so far; null for a new one.</param>
    /// <param name="ChangesBinding">Without it the change is no matter of the group.</param>
    /// <param name="Joins">Whether an identity enters the conversation: its user counts that.</param>
    private sealed record Change(Participant Participant, bool WasGroup, Kind? Before, bool ChangesBinding = true, bool Joins = false, User? NewUser = null)
    {
        private bool LeavesGroup => Before is { IsInGroup: true } && !Participant.IsInGroup && Participant.Address is null;

        /// <summary>Whether the rules of a group text apply to the change.</summary>
        public bool IsGroupChange => ChangesBinding && (WasGroup || Participant.IsInGroup) && !LeavesGroup;
    }
}
