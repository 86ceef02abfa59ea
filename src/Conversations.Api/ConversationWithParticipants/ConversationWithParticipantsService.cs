using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>
/// Creates a conversation together with its participants, all or nothing. The request stores all rows in one
/// transaction. That reserves everything unique before the answer: pairs of addresses, the address set, the unique
/// name, the places in the counts of users. The conversation is initializing and its participants are pending until a
/// background worker finishes it (<see cref="ConversationSetups"/>).
/// </summary>
public sealed class ConversationWithParticipantsService(
    ConversationsDbContext db,
    ConversationService conversations,
    NewParticipants participants,
    GroupText groups,
    Changes changes,
    RequestScope scope,
    WorkSignal<ConversationSetupWorker> signal,
    ConversationWithParticipantsRules rules
)
{
    /// <summary>The errors of <see cref="CreateAsync"/> besides those of its forms.</summary>
    public static IReadOnlyList<TwilioError> CreateErrors { get; } =
    [.. ConversationService.CreateErrors, .. NewParticipants.Errors];

    /// <summary>
    /// Creates a conversation. Without participants this is <see cref="ConversationService.CreateAsync"/>, and the
    /// conversation is not initializing.
    /// </summary>
    public async Task<Conversation> CreateAsync(
        ConversationWithParticipantsForm form,
        CancellationToken cancellationToken
    )
    {
        // A request can't ask for a conversation that stays initializing.
        form = form.State == ConversationState.Initializing ? form with { State = null } : form;
        if (form.Participants is [])
        {
            return await conversations.CreateAsync(form, cancellationToken);
        }

        var created = await changes.RunAsync(
            check: wanted => CheckAsync(ConversationService.Modified(form, wanted), cancellationToken),
            before: found => ConversationEvents.Add(found.Conversation),
            write: found => AddAsync(found, cancellationToken),
            after: found =>
                [ConversationEvents.Added(found.Conversation), .. found.Members.Users.Select(UserEvents.Added)],
            cancellationToken: cancellationToken
        );
        scope.OnAnswered(signal.Signal);
        return created.Conversation;
    }

    private async Task<New> CheckAsync(ConversationWithParticipantsForm form, CancellationToken cancellationToken)
    {
        // The check takes several queries. The snapshot makes all that it finds true at one point in time.
        if (!db.IsInSnapshot)
        {
            await participants.SettleAsync(form.Participants, cancellationToken);
            return await db.InSnapshotAsync(() => CheckAsync(form, cancellationToken), cancellationToken);
        }

        var (conversation, defaults) = await conversations.CheckCreateAsync(form, rules, cancellationToken);
        var state = conversation.State;
        conversation.State = ConversationState.Initializing;
        conversation.DateInactive = conversation.DateClosed = null; // The timers start with its state.

        var members = await participants.CheckAsync(conversation, form.Participants, cancellationToken);
        conversation.ParticipantCount = members.Participants.Count;
        conversation.NonChatCount = members.Participants.Count(p => p.IsNonChat);
        conversation.GroupCount = members.Participants.Count(p => p.IsInGroup);
        conversation.GroupSet = conversation.GroupKey = members.GroupSet;
        return new(
            conversation,
            state,
            members,
            defaults with
            {
                ConversationRoleSid = members.RoleSid,
                UserRoleSid = members.Users is [var user, ..] ? user.RoleSid : null,
            }
        );
    }

    private async Task AddAsync(New found, CancellationToken cancellationToken)
    {
        var (conversation, members) = (found.Conversation, found.Members);
        await groups.ReleaseDeletedAsync(conversation.AccountSid, conversation.GroupKey, cancellationToken);
        string[] known =
        [
            .. members
                .Participants.Select(p => p.UserSid)
                .OfType<string>()
                .Where(sid => members.Users.All(user => user.Sid != sid)),
        ];
        if (known is not [])
        {
            var counted = await db.Set<User>()
                .Where(u => known.Contains(u.Sid) && u.ConversationCount < User.MaxConversations)
                .ExecuteUpdateAsync(
                    u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount + 1),
                    cancellationToken
                );
            WriteConflictException.ThrowIf(counted != known.Length);
        }

        await db.InsertAsync(conversation, values => found.Defaults.Condition(db, values), cancellationToken);
        db.AddRange(members.Users);
        db.AddRange(members.Participants);
        db.Add(
            new ConversationSetup
            {
                ConversationSid = conversation.Sid,
                AccountSid = conversation.AccountSid,
                State = found.State,
                ParticipantCount = conversation.ParticipantCount,
                FiresWebhooks = changes.HaveEvents,
                NextAttempt = ConversationSetup.AtOnce,
            }
        );
    }

    /// <summary>The conversation to store, and the state that it gets when it is finished.</summary>
    private sealed record New(
        Conversation Conversation,
        string State,
        NewParticipants.Checked Members,
        Defaults Defaults
    );
}
