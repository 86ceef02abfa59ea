using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;

namespace Conversations.Api.UserConversations;

/// <summary>
/// The conversations of a user: its chat participants, each with its conversation. The user is named by its SID or its
/// identity, the conversation by its SID or its UniqueName.
/// </summary>
public sealed class UserConversationService(
    ConversationsDbContext db,
    UserConversationQueries queries,
    ParticipantService participants,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    UpdateUserConversationRules rules,
    AccountClock clock
)
{
    /// <summary>The errors of <see cref="UpdateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } = [.. ConversationState.Errors];

    public async Task<UserConversation> FetchAsync(
        string user,
        string conversation,
        CancellationToken cancellationToken
    )
    {
        UserConversation found;
        do
        {
            found =
                await queries.FetchAsync(db, scope.Path(conversation), user, cancellationToken)
                ?? throw scope.NotFound();
        } while (await timers.SettleAsync([found.Conversation], cancellationToken));

        return found;
    }

    public async Task<Page<UserConversation>> ListAsync(
        string user,
        UserConversationQuery query,
        CancellationToken cancellationToken
    )
    {
        var (start, end) = query.Range<Conversation>();
        var (account, service) = (scope.AccountSid, scope.ChatServiceSidInPath);
        Slice<UserConversation> slice;
        do
        {
            slice =
                await queries.List.ReadAsync(
                    db,
                    Sids.Is<User>(user) ? new(account, service, user) : new(account, service, UniqueName: user),
                    filter: null,
                    start,
                    end,
                    query.Size,
                    cancellationToken
                ) ?? throw scope.NotFound();
        } while (await timers.SettleAsync(slice.Rows.Select(row => row.Conversation), cancellationToken));

        return new(slice.Rows, query, slice.Previous is { } previous ? previous + start : null, slice.Next);
    }

    /// <summary>
    /// Sets the read horizon and the notification level of the user's participant. A form that names nothing changes
    /// nothing. No webhook is called: the operation has no header for them.
    /// </summary>
    public Task<UserConversation> UpdateAsync(
        string user,
        string conversation,
        UpdateUserConversationForm form,
        CancellationToken cancellationToken
    ) =>
        form.IsEmpty
            ? FetchOpenAsync(user, conversation, cancellationToken)
            : WriteAsync(user, conversation, form, cancellationToken);

    /// <summary>Removes the user's participant. See <see cref="ParticipantService.DeleteAsync"/>.</summary>
    public async Task DeleteAsync(string user, string conversation, CancellationToken cancellationToken)
    {
        var found = await FindOpenAsync(scope.Path(conversation), user, cancellationToken);
        await participants.DeleteAsync(conversation, found.Participant.Sid, cancellationToken);
    }

    private async Task<UserConversation> FetchOpenAsync(
        string user,
        string conversation,
        CancellationToken cancellationToken
    )
    {
        await FindOpenAsync(scope.Path(conversation), user, cancellationToken);
        return await FetchAsync(user, conversation, cancellationToken);
    }

    private async Task<Member> FindOpenAsync(ResourcePath path, string user, CancellationToken cancellationToken)
    {
        var found = await queries.FetchTrackedAsync(db, path, user, cancellationToken) ?? throw scope.NotFound();
        if (await timers.SettleAsync([found.Conversation], cancellationToken))
        {
            return await FindOpenAsync(path, user, cancellationToken);
        }

        ConversationState.RequireOpen(found.Conversation.State);
        return found;
    }

    private async Task<UserConversation> WriteAsync(
        string user,
        string conversation,
        UpdateUserConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var path = scope.Path(conversation);
        UserConversation? updated = null;
        await changes.RunAsync(
            check: () => CheckAsync(path, user, form, cancellationToken),
            write: async found =>
            {
                if (path.UniqueName is not null)
                {
                    await db.LockAsync(found.Conversation.Sid, path.UniqueName, cancellationToken);
                }

                await db.SaveChangesAsync(cancellationToken);

                // The locked row exists. The default service in the path may be another one than during the check.
                updated = await queries.FetchAsync(db, path, user, cancellationToken);
                WriteConflictException.ThrowIf(updated is null);
            },
            cancellationToken: cancellationToken
        );
        return updated!;
    }

    private async Task<Member> CheckAsync(
        ResourcePath path,
        string user,
        UpdateUserConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var found = await FindOpenAsync(path, user, cancellationToken);
        rules.Check(form);

        var (row, now) = (db.Entry(found.Participant), clock.Now);
        row.Write(p => p.NotificationLevel, form.NotificationLevel.NullIfEmpty(), form.NotificationLevel!);
        ReadHorizon.Write(row, form.LastReadMessageIndex, form.LastReadTimestamp, now);
        row.Write(p => p.DateUpdated, now, now);
        return found;
    }
}
