using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;

namespace Conversations.Api.Participants;

/// <summary>
/// The operations of participants. <see cref="ParticipantChecks"/> has the rules; what they allow is written under the
/// lock of the conversation's row.
/// </summary>
public sealed class ParticipantService(
    ConversationsDbContext db,
    ParticipantQueries queries,
    ListQuery<Participant> list,
    RequestScope scope,
    ParticipantChecks checks,
    GroupText groups,
    Changes changes,
    AccountClock clock
)
{
    /// <param name="conversation">The conversation's SID or UniqueName.</param>
    public async Task<Participant> CreateAsync(
        string conversation,
        CreateParticipantForm form,
        CancellationToken cancellationToken
    )
    {
        var created = await changes.RunAsync(
            check: () => checks.CheckCreateAsync(conversation, form, cancellationToken),
            before: change => ParticipantEvents.Add(change.Participant),
            write: change => WriteAsync(conversation, change, cancellationToken),
            after: Added,
            isOneStatement: IsOneStatement,
            cancellationToken: cancellationToken
        );
        return created.Participant;

        IEnumerable<WebhookEvent> Added(ParticipantChange change)
        {
            yield return ParticipantEvents.Added(change.Participant);
            if (change.NewUser is { } user)
            {
                yield return UserEvents.Added(user);
            }

            if (change.Joined is { State: ConversationState.Inactive } woken)
            {
                yield return ConversationEvents.Woken(woken, clock.Now);
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
    ) =>
        DeletedRoles.ReadAsync(
            db,
            () => scope.PageAsync(list, conversation, request, cancellationToken),
            page => page.Items,
            cancellationToken
        );

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
                    check: () => checks.CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
                    before: change => ParticipantEvents.Update(change.Participant),
                    write: change => WriteAsync(conversation, change, cancellationToken),
                    after: change =>
                        change.NewUser is { } user
                            ? [ParticipantEvents.Updated(change.Participant), UserEvents.Added(user)]
                            : [ParticipantEvents.Updated(change.Participant)],
                    cancellationToken: cancellationToken
                )
                : await changes.SaveAsync(
                    check: () => checks.CheckUpdateAsync(conversation, sidOrIdentity, form, cancellationToken),
                    cancellationToken: cancellationToken
                );
        return updated.Participant;
    }

    public Task DeleteAsync(string conversation, string sidOrIdentity, CancellationToken cancellationToken) =>
        changes.RunAsync(
            check: () => checks.FindOpenAsync(conversation, sidOrIdentity, cancellationToken),
            before: found => ParticipantEvents.Remove(found.Participant),
            write: found => RemoveAsync(conversation, found, cancellationToken),
            after: found => [ParticipantEvents.Removed(found.Participant, clock.Now)],
            cancellationToken: cancellationToken
        );

    // On PostgreSQL the rows of a new participant are written in one statement. The address set of a group takes more.
    private bool IsOneStatement(ParticipantChange change) =>
        db is PostgresDbContext && change is { Before: null, IsGroupChange: false };

    private async Task WriteAsync(string conversation, ParticipantChange change, CancellationToken cancellationToken)
    {
        var participant = change.Participant;
        Reservation reservation = new(
            participant.ConversationSid,
            change.Before,
            ParticipantKind.Of(participant),
            change.WasGroup
        )
        {
            UniqueName = scope.Path(conversation).UniqueName,
            Woken = change.Joined is { } joined ? (joined, clock.Now) : null,
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

    private async Task WriteGroupAsync(ParticipantChange change, CancellationToken cancellationToken)
    {
        var participant = change.Participant;
        if (change.IsGroupChange)
        {
            var set = await groups.CheckAsync(participant, cancellationToken);
            await groups.SetAsync(participant, set, cancellationToken);
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
            new(participant.ConversationSid, ParticipantKind.Of(participant), After: null, found.Conversation.IsGroup)
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
}
