using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Messages;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Conversations.Api.Conversations;

/// <summary>The rules of conversations that need the database.</summary>
public sealed class ConversationService(
    ConversationsDbContext db,
    ListQuery<Conversation> list,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    ConversationRules rules,
    TimeProvider clock
)
{
    /// <summary>What <see cref="CreateAsync"/> answers besides the errors of the form.</summary>
    public static IReadOnlyList<TwilioError> CreateErrors { get; } =
    [TwilioErrors.InitialStateClosed, TwilioErrors.UniqueNameExists];

    /// <summary>What <see cref="UpdateAsync"/> answers besides the errors of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } =
    [.. ConversationState.Errors, TwilioErrors.UniqueNameExists];

    /// <summary>What <see cref="DeleteAsync"/> answers.</summary>
    public static IReadOnlyList<TwilioError> DeleteErrors { get; } = [TwilioErrors.ConversationInitializing];

    /// <summary>
    /// Conversations are deleted with their service, and with each its participants and messages.
    /// </summary>
    public static ServiceContent Content { get; } = new(AreManyAsync, DeleteBatchAsync);

    public async Task<Conversation> CreateAsync(ConversationForm form, CancellationToken cancellationToken) =>
        (
            await changes.SaveAsync(
                check: wanted => CheckCreateAsync(Modified(form, wanted), cancellationToken),
                write: found =>
                    db.InsertAsync(
                        found.Conversation,
                        values => found.Defaults.Condition(db, values),
                        cancellationToken
                    ),
                before: found => ConversationEvents.Add(found.Conversation),
                after: found => [ConversationEvents.Added(found.Conversation)],
                cancellationToken: cancellationToken
            )
        ).Conversation;

    public async Task<Conversation> FetchAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        Conversation found;
        do
        {
            found =
                await scope.ConversationNamed(sidOrUniqueName).SingleOrDefaultAsync(cancellationToken)
                ?? throw scope.NotFound();
        } while (await timers.SettleAsync([found], cancellationToken));

        return found;
    }

    public async Task<Page<Conversation>> ListAsync(ConversationQuery query, CancellationToken cancellationToken)
    {
        if (query.State is ConversationState.Inactive or ConversationState.Closed)
        {
            // Conversations whose timers have expired belong to the list, but have another state until it is settled.
            await timers.SettleAsync(scope.All<Conversation>(), cancellationToken);
        }

        Page<Conversation> page;
        do
        {
            page = await PageAsync(query, cancellationToken);
        } while (await timers.SettleAsync(page.Items, cancellationToken));

        return page;
    }

    public async Task<Conversation> UpdateAsync(
        string sidOrUniqueName,
        ConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var updated =
            form.State == ConversationState.Closed
                ? await changes.RunAsync(
                    check: wanted => CheckUpdateAsync(sidOrUniqueName, Modified(form, wanted), cancellationToken),
                    before: Update,
                    write: update => db.CloseAsync(update.Conversation, cancellationToken),
                    after: Updated,
                    cancellationToken: cancellationToken
                )
                : await changes.SaveAsync(
                    check: wanted => CheckUpdateAsync(sidOrUniqueName, Modified(form, wanted), cancellationToken),
                    before: Update,
                    after: Updated,
                    cancellationToken: cancellationToken
                );
        return updated.Conversation;

        static WebhookEvent Update(Change update) => ConversationEvents.Update(update.Conversation);
    }

    private IEnumerable<WebhookEvent> Updated(Change update) =>
        update.Conversation.State == update.StateBefore
            ? [ConversationEvents.Updated(update.Conversation)]
            :
            [
                ConversationEvents.Updated(update.Conversation),
                ConversationEvents.StateUpdated(update.Conversation, update.StateBefore, clock.GetUtcNow().UtcDateTime),
            ];

    /// <summary>
    /// Deletes the conversation with its participants and messages, and releases what they held. A closed conversation
    /// can be deleted too.
    /// </summary>
    /// <remarks>
    /// A conversation with many messages is closed first, so that no message follows. Then most of its messages are
    /// deleted in batches, before the conversation.
    /// </remarks>
    public async Task DeleteAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        var change = await changes.RunAsync(
            check: () => CheckDeleteAsync(sidOrUniqueName, cancellationToken),
            before: found => ConversationEvents.Remove(found.Conversation),
            write: found =>
                found.HasManyMessages
                    ? CloseFirstAsync(found.Conversation, cancellationToken)
                    : RemoveAsync(found.Conversation, cancellationToken),
            after: found => found.HasManyMessages ? Closed(found) : Removed(found),
            cancellationToken: cancellationToken
        );
        if (change is not { HasManyMessages: true, Conversation: var closed })
        {
            return;
        }

        var batch = MessagesOfBatch(closed.NonChatCount);
        for (var index = 0L; index < closed.NextMessageIndex; index += batch)
        {
            await DeleteMessagesAsync(closed.Sid, index, index + batch, cancellationToken);
            scope.RestartTimeout();
        }

        await changes.RunAsync(
            check: () => CheckDeleteAsync(closed.Sid, cancellationToken),
            write: found => RemoveAsync(found.Conversation, cancellationToken),
            after: Removed,
            cancellationToken: cancellationToken
        );

        IEnumerable<WebhookEvent> Closed(Change found) => found.IsClosing ? Updated(found) : [];

        IEnumerable<WebhookEvent> Removed(Change found) =>
            [ConversationEvents.Removed(found.Conversation, found.StateBefore, clock.GetUtcNow().UtcDateTime)];
    }

    private async Task<Change> CheckDeleteAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        var found = await FindAsync(sidOrUniqueName, cancellationToken);
        ConversationState.RequireInitialized(found.State);
        return new(found, found.State)
        {
            HasManyMessages = found.NextMessageIndex > MessagesOfBatch(found.NonChatCount),
        };
    }

    // A message may have a receipt for each participant with an address. It is deleted with the message.
    private static int MessagesOfBatch(int nonChatCount) => ConversationsDbContext.BatchSize / (1 + nonChatCount);

    private Task<int> DeleteMessagesAsync(
        string conversationSid,
        long first,
        long end,
        CancellationToken cancellationToken
    ) =>
        db.InTransactionAsync(
            () =>
                db.Set<Message>()
                    .Where(m => m.ConversationSid == conversationSid && m.Index >= first && m.Index < end)
                    .ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );

    // Whether a service has more conversations, participants, messages and receipts than a batch.
    private static async Task<bool> AreManyAsync(
        ConversationsDbContext db,
        string chatServiceSid,
        CancellationToken cancellationToken
    ) =>
        await FirstOf(db, chatServiceSid)
            .SumAsync(c => 1 + c.ParticipantCount + c.NextMessageIndex * (1 + c.NonChatCount), cancellationToken)
        > ConversationsDbContext.BatchSize;

    private static IQueryable<Conversation> FirstOf(ConversationsDbContext db, string chatServiceSid) =>
        db.Set<Conversation>()
            .Where(c => c.ChatServiceSid == chatServiceSid)
            .OrderBy(c => c.Sid)
            .Take(ConversationsDbContext.BatchSize);

    // The participants and messages count too. When those of the first conversation are too many for a batch, its
    // messages are deleted before it.
    private static async Task<int> DeleteBatchAsync(
        ConversationsDbContext db,
        string chatServiceSid,
        CancellationToken cancellationToken
    )
    {
        var conversations = await FirstOf(db, chatServiceSid)
            .Select(c => new
            {
                c.Sid,
                c.NonChatCount,
                Rows = 1 + c.ParticipantCount + c.NextMessageIndex * (1 + c.NonChatCount),
            })
            .ToListAsync(cancellationToken);
        if (conversations is [{ Rows: > ConversationsDbContext.BatchSize } large, ..])
        {
            var messages = await db.Set<Message>()
                .Where(m => m.ConversationSid == large.Sid)
                .OrderBy(m => m.Index)
                .Take(MessagesOfBatch(large.NonChatCount))
                .ExecuteDeleteAsync(cancellationToken);
            if (messages > 0)
            {
                return messages;
            }
        }

        var rows = 0L;
        string[] sids =
        [
            .. conversations
                .TakeWhile((c, i) => (rows += c.Rows) <= ConversationsDbContext.BatchSize || i == 0)
                .Select(c => c.Sid),
        ];
        return await db.Set<Conversation>().Where(c => sids.Contains(c.Sid)).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<Page<Conversation>> PageAsync(ConversationQuery query, CancellationToken cancellationToken)
    {
        if (!query.IsByDate)
        {
            return await scope.PageAsync(list, query, query.State.NullIfEmpty(), cancellationToken);
        }

        var page = await new ConversationsByDate(db, rows => Matching(query, scope.Own(rows)), query).ToPageAsync(
            cancellationToken
        );
        return page.Items is [] && !await scope.ChatService.AnyAsync(cancellationToken) ? throw scope.NotFound() : page;
    }

    private static IQueryable<Conversation> Matching(ConversationQuery query, IQueryable<Conversation> rows)
    {
        if (query.From is { } from)
        {
            rows = rows.Where(c => c.DateCreated >= from);
        }

        if (query.Until is { } until)
        {
            rows = rows.Where(c => c.DateCreated < until);
        }

        return query.State.NullIfEmpty() is { } state ? rows.Where(c => c.State == state) : rows;
    }

    /// <summary>Checks a new conversation.</summary>
    /// <returns>The conversation as it is to be stored, and the defaults that it takes.</returns>
    public async Task<(Conversation Conversation, Defaults Defaults)> CheckCreateAsync(
        ConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var uniqueName = form.UniqueName.NullIfEmpty();
        var found =
            await scope
                .ChatService.Join(
                    db.Set<Account>(),
                    s => s.AccountSid,
                    a => a.Sid,
                    (s, a) =>
                        new
                        {
                            Account = a,
                            s.Sid,
                            IsNameTaken = uniqueName != null
                                && db.Set<Conversation>()
                                    .Any(c => c.ChatServiceSid == s.Sid && c.UniqueName == uniqueName),
                        }
                )
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw scope.NotFound();
        rules.Check(form);
        TwilioException.ThrowIf(form.State == ConversationState.Closed, TwilioErrors.InitialStateClosed);
        TwilioException.ThrowIf(found.IsNameTaken, TwilioErrors.UniqueNameExists);

        return (
            NewConversation(form, found.Account, found.Sid),
            new(found.Sid) { IsDefaultService = scope.ChatServiceSidInPath is null, Account = found.Account }
        );
    }

    private Conversation NewConversation(ConversationForm form, Account account, string chatServiceSid)
    {
        var now = clock.GetUtcNow();
        var dateCreated = Forms.Date(form.DateCreated) ?? now.UtcDateTime;
        var conversation = new Conversation
        {
            Sid = Sids.New<Conversation>(now),
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
            now.UtcDateTime
        );
        return conversation;
    }

    // The conversation as a tracked row. Its expired timers are settled.
    private async Task<Conversation> FindAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        Conversation found;
        do
        {
            found =
                await scope.ConversationNamed(sidOrUniqueName).AsTracking().SingleOrDefaultAsync(cancellationToken)
                ?? throw scope.NotFound();
        } while (await timers.SettleAsync([found], cancellationToken));

        return found;
    }

    private async Task<Change> CheckUpdateAsync(
        string sidOrUniqueName,
        ConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var uniqueName = form.UniqueName.NullIfEmpty();
        var found =
            await scope
                .ConversationNamed(sidOrUniqueName)
                .Select(c => new
                {
                    Conversation = c,
                    IsNameTaken = uniqueName != null
                        && db.Set<Conversation>()
                            .Any(other =>
                                other.ChatServiceSid == c.ChatServiceSid
                                && other.UniqueName == uniqueName
                                && other.Sid != c.Sid
                            ),
                })
                .AsTracking()
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw scope.NotFound();
        if (await timers.SettleAsync([found.Conversation], cancellationToken))
        {
            return await CheckUpdateAsync(sidOrUniqueName, form, cancellationToken);
        }

        var conversation = found.Conversation;
        ConversationState.RequireOpen(conversation.State);
        rules.Check(form);
        TwilioException.ThrowIf(found.IsNameTaken, TwilioErrors.UniqueNameExists);

        var stateBefore = conversation.State;
        Apply(form, db.Entry(conversation));
        return new(conversation, stateBefore);
    }

    private void Apply(ConversationForm form, EntityEntry<Conversation> row)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var email = form.Bindings.Email;
        row.Write(c => c.UniqueName, form.UniqueName, form.UniqueName.NullIfEmpty());
        row.Write(c => c.FriendlyName, form.FriendlyName, form.FriendlyName.NullIfEmpty());
        row.Write(c => c.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(c => c.MessagingServiceSid, form.MessagingServiceSid.NullIfEmpty(), form.MessagingServiceSid!);
        row.Write(c => c.EmailAddress, email.Address.NullIfEmpty(), email.Address);
        row.Write(c => c.EmailName, email.Name.NullIfEmpty(), email.Name);
        row.Write(c => c.DateCreated, Forms.Date(form.DateCreated), Forms.Date(form.DateCreated) ?? now);
        row.Write(c => c.DateUpdated, now, Forms.Date(form.DateUpdated) ?? now);
        SetTimers(form, row, now);
        row.Write(c => c.State, form.State, form.State!);
    }

    // A given timer starts now. When the conversation becomes active, both do.
    private static void SetTimers(ConversationForm form, EntityEntry<Conversation> row, DateTime now)
    {
        var conversation = row.Entity;
        var wakes = form.State == ConversationState.Active && conversation.State != ConversationState.Active;
        var inactive = form.Timers.Inactive.NullIfEmpty();
        row.Write(c => c.InactiveTimer, inactive, TimerRules.Stored(inactive));
        row.Write(c => c.DateInactive, wakes ? form : inactive, TimerRules.DateAfter(conversation.InactiveTimer, now));
        var closed = form.Timers.Closed.NullIfEmpty();
        row.Write(c => c.ClosedTimer, closed, TimerRules.Stored(closed));
        row.Write(c => c.DateClosed, wakes ? form : closed, TimerRules.DateAfter(conversation.ClosedTimer, now));
    }

    /// <summary>The form with what the pre-action webhook wants.</summary>
    public static TForm Modified<TForm>(TForm form, WebhookChanges? wanted)
        where TForm : ConversationForm => wanted?.FriendlyName is { } name ? form with { FriendlyName = name } : form;

    // The end of the transaction deletes the row. It also deletes the conversation's own webhooks, which the events
    // still need.
    private async Task RemoveAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        if (!conversation.IsClosed)
        {
            await db.CloseAsync(conversation, cancellationToken);
        }

        db.Remove(conversation);
    }

    private async Task CloseFirstAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        if (!conversation.IsClosed)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            db.Entry(conversation).Write(c => c.DateUpdated, now, now);
            await db.CloseAsync(conversation, cancellationToken);
        }
    }

    /// <summary>A conversation as it is to be stored, and its previous state.</summary>
    private sealed record Change(Conversation Conversation, string StateBefore)
    {
        public bool IsClosing => Conversation.IsClosed && StateBefore != ConversationState.Closed;

        /// <summary>Whether its messages may be too many for one transaction.</summary>
        public bool HasManyMessages { get; init; }
    }
}
