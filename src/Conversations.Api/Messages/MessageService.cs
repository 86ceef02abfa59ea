using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Conversations.Api.Messages;

/// <summary>
/// The rules of messages that need the database. A write is checked in Twilio's order: conversation and message
/// (20404), closed (50377), format, author in a group text, media. Then it is written under the lock of the
/// conversation's row.
/// </summary>
public sealed class MessageService(
    ConversationsDbContext db,
    MessageQueries queries,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    Deliveries deliveries,
    MessageRate rate,
    CreateMessageRules createRules,
    UpdateMessageRules updateRules,
    TimeProvider clock
)
{
    private const string DefaultAuthor = "system";

    private bool isCounted;

    /// <summary>What <see cref="CreateAsync"/> answers besides the errors of the form.</summary>
    public static IReadOnlyList<TwilioError> CreateErrors { get; } =
    [
        .. ConversationState.Errors,
        TwilioErrors.ActionsPerSecond,
        TwilioErrors.AuthorNotInGroup,
        TwilioErrors.MediaAlreadySent,
    ];

    /// <summary>What <see cref="ListAsync"/> answers besides the errors of every list.</summary>
    public static IReadOnlyList<TwilioError> ListErrors { get; } = [TwilioErrors.NegativePageToken];

    /// <summary>What <see cref="UpdateAsync"/> answers besides the errors of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } =
    [
        .. ConversationState.Errors,
        TwilioErrors.ActionsPerSecond,
        TwilioErrors.MediaBodyNotUpdatable,
        TwilioErrors.AuthorNotInGroup,
    ];

    /// <summary>What <see cref="DeleteAsync"/> answers.</summary>
    public static IReadOnlyList<TwilioError> DeleteErrors { get; } =
    [.. ConversationState.Errors, TwilioErrors.ActionsPerSecond];

    /// <param name="conversation">The conversation's SID or UniqueName.</param>
    public async Task<Message> CreateAsync(
        string conversation,
        CreateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        var created = await changes.RunAsync(
            check: wanted => CheckCreateAsync(conversation, Modified(form, wanted), cancellationToken),
            before: found => MessageEvents.Add(found.Message),
            write: found => AddAsync(conversation, found, cancellationToken),
            after: Added,
            cancellationToken: cancellationToken
        );
        return created.Message;

        IEnumerable<WebhookEvent> Added(New found)
        {
            yield return MessageEvents.Added(found.Message, found.Conversation.MessagingServiceSid);
            if (found.StateBefore != ConversationState.Active)
            {
                yield return ConversationEvents.Woken(found.Conversation, clock.GetUtcNow().UtcDateTime);
            }
        }
    }

    public async Task<Message> FetchAsync(string conversation, string sid, CancellationToken cancellationToken) =>
        await queries.FetchAsync(db, scope.Path(conversation), sid, cancellationToken) ?? throw scope.NotFound();

    public Task<Page<Message>> ListAsync(
        string conversation,
        MessageQuery query,
        CancellationToken cancellationToken
    ) =>
        scope.PageAsync(
            query.IsDescending ? queries.Descending : queries.Ascending,
            scope.Path(conversation),
            query,
            cancellationToken
        );

    /// <summary>Changes the message. A form that names nothing changes nothing and fires no event.</summary>
    public async Task<Message> UpdateAsync(
        string conversation,
        string sid,
        UpdateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        if (form.IsEmpty)
        {
            return await FindOpenAsync(conversation, sid, cancellationToken);
        }

        var updated = await changes.RunAsync(
            check: wanted => CheckUpdateAsync(conversation, sid, Modified(form, wanted), cancellationToken),
            before: found => MessageEvents.Update(found.Message, found.DateUpdatedBefore),
            write: found => ChangeAsync(conversation, found, cancellationToken),
            after: found => [MessageEvents.Updated(found.Message)],
            cancellationToken: cancellationToken
        );
        return updated.Message;
    }

    /// <summary>Deletes the message. Its index is not used again.</summary>
    public Task DeleteAsync(string conversation, string sid, CancellationToken cancellationToken) =>
        changes.RunAsync(
            check: () => FindOpenAsync(conversation, sid, cancellationToken),
            before: MessageEvents.Remove,
            write: async message =>
            {
                await LockAsync(conversation, message, cancellationToken);
                if (changes.HaveEvents)
                {
                    // The event shows the stored row. Under the lock no other request can change it.
                    await db.Entry(message).ReloadAsync(cancellationToken);
                    WriteConflictException.ThrowIf(db.Entry(message).State == EntityState.Detached);
                }

                db.Remove(message);
            },
            after: message => [MessageEvents.Removed(message, clock.GetUtcNow().UtcDateTime)],
            cancellationToken: cancellationToken
        );

    private async Task<Message> FindOpenAsync(string conversation, string sid, CancellationToken cancellationToken)
    {
        var found =
            await queries.FetchTrackedAsync(db, scope.Path(conversation), sid, cancellationToken)
            ?? throw scope.NotFound();
        if (await timers.SettleAsync([found.Conversation], cancellationToken))
        {
            return await FindOpenAsync(conversation, sid, cancellationToken);
        }

        ConversationState.RequireOpen(found.Conversation.State);
        Count(found.Conversation);
        return found.Message;
    }

    // The check may run more than once.
    private void Count(Conversation conversation)
    {
        if (!isCounted)
        {
            isCounted = true;
            rate.Count(conversation.Sid);
        }
    }

    private Task LockAsync(string conversation, Message message, CancellationToken cancellationToken) =>
        db.LockAsync(message.ConversationSid, scope.Path(conversation).UniqueName, cancellationToken);

    private async Task<New> CheckCreateAsync(
        string conversation,
        CreateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        var author = form.Author.NullIfEmpty() ?? DefaultAuthor;
        var mediaSid = form.ContentSid.NullIfEmpty() is null ? form.MediaSid.NullIfEmpty() : null;
        var facts =
            await queries.FactsAsync(db, scope.Path(conversation), author, mediaSid, cancellationToken)
            ?? throw scope.NotFound();
        if (await timers.SettleAsync([facts.Conversation], cancellationToken))
        {
            return await CheckCreateAsync(conversation, form, cancellationToken);
        }

        var parent = facts.Conversation;
        ConversationState.RequireOpen(parent.State);
        Count(parent);
        createRules.Check(form);
        RequireMember(facts);
        TwilioException.ThrowIf(facts.IsMediaUsed, TwilioErrors.MediaAlreadySent);

        return new(NewMessage(form, facts, author, mediaSid), parent);
    }

    private Message NewMessage(CreateMessageForm form, MessageFacts facts, string author, string? mediaSid)
    {
        var (parent, now) = (facts.Conversation, clock.GetUtcNow());
        var dateCreated = Forms.Date(form.DateCreated) ?? now.UtcDateTime;
        var contentSid = form.ContentSid.NullIfEmpty();
        return new()
        {
            Sid = Sids.New<Message>(now),
            AccountSid = parent.AccountSid,
            ChatServiceSid = parent.ChatServiceSid,
            ConversationSid = parent.Sid,
            Author = author,
            ParticipantSid = facts.ParticipantSid,
            Body = (contentSid ?? mediaSid) is null ? form.Body ?? "" : null,
            Attributes = form.Attributes.NullIfEmpty() ?? "{}",
            MediaSid = mediaSid,
            ContentSid = contentSid,
            Subject = form.Subject.NullIfEmpty(),
            DateCreated = dateCreated,
            DateUpdated = Forms.Date(form.DateUpdated) ?? dateCreated,
        };
    }

    private async Task AddAsync(string conversation, New found, CancellationToken cancellationToken)
    {
        var (message, path) = (found.Message, scope.Path(conversation));
        message.Index = await db.TakeMessageIndexAsync(
            found.Conversation,
            path.UniqueName,
            clock.GetUtcNow().UtcDateTime,
            cancellationToken
        );
        found.Conversation = await RequireSameAuthorAsync(conversation, message, cancellationToken);
        db.Add(message);
        await deliveries.AddAsync(message, found.Conversation, cancellationToken);
    }

    private async Task<Edit> CheckUpdateAsync(
        string conversation,
        string sid,
        UpdateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        var message = await FindOpenAsync(conversation, sid, cancellationToken);
        updateRules.Check(form);
        TwilioException.ThrowIf(
            form.Body is not null && message.MediaSid is not null,
            TwilioErrors.MediaBodyNotUpdatable
        );
        var (row, dateUpdated) = (db.Entry(message), message.DateUpdated);
        Apply(form, row);
        if (form.Author.NullIfEmpty() is { } author)
        {
            var facts =
                await queries.FactsAsync(db, scope.Path(conversation), author, mediaSid: null, cancellationToken)
                ?? throw scope.NotFound();
            RequireMember(facts);
            row.Write(m => m.Author, author, author);
            row.Write(m => m.ParticipantSid, author, facts.ParticipantSid);
        }

        return new(message, dateUpdated);
    }

    private void Apply(UpdateMessageForm form, EntityEntry<Message> row)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        row.Write(m => m.Body, form.Body, form.Body);
        row.Write(m => m.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(m => m.Subject, form.Subject, form.Subject.NullIfEmpty());
        row.Write(m => m.DateCreated, Forms.Date(form.DateCreated), Forms.Date(form.DateCreated) ?? now);
        row.Write(m => m.DateUpdated, now, Forms.Date(form.DateUpdated) ?? now);
    }

    private async Task ChangeAsync(string conversation, Edit found, CancellationToken cancellationToken)
    {
        var message = found.Message;
        await LockAsync(conversation, message, cancellationToken);
        if (db.Entry(message).Property(m => m.Author).IsModified)
        {
            await RequireSameAuthorAsync(conversation, message, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    // Participants can't change under the lock of the conversation. If the author now names another participant or
    // none, the check must run again.
    private async Task<Conversation> RequireSameAuthorAsync(
        string conversation,
        Message message,
        CancellationToken cancellationToken
    )
    {
        var facts = await queries.FactsAsync(
            db,
            scope.Path(conversation),
            message.Author,
            mediaSid: null,
            cancellationToken
        );
        WriteConflictException.ThrowIf(facts is null || facts.ParticipantSid != message.ParticipantSid);
        RequireMember(facts!);
        return facts!.Conversation;
    }

    // In a group text the author must be a member. This includes the default author.
    private static void RequireMember(MessageFacts facts) =>
        TwilioException.ThrowIf(
            facts.Conversation.IsGroup && facts.ParticipantSid is null,
            TwilioErrors.AuthorNotInGroup
        );

    private static T Modified<T>(T form, WebhookChanges? wanted)
        where T : MessageForm =>
        wanted is null
            ? form
            : form with
            {
                Body = wanted.Body ?? form.Body,
                Author = wanted.Author ?? form.Author,
                Attributes = wanted.Attributes ?? form.Attributes,
            };

    /// <summary>A message as it is to be stored, and its conversation.</summary>
    private sealed record New(Message Message, Conversation Conversation)
    {
        /// <summary>After the write the row under the lock, which the events show.</summary>
        public Conversation Conversation { get; set; } = Conversation;

        public string StateBefore { get; } = Conversation.State;
    }

    /// <summary>A changed message.</summary>
    private sealed record Edit(Message Message, DateTime DateUpdatedBefore);
}
