using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Messages;

/// <summary>
/// The operations of messages. <see cref="MessageChecks"/> has the rules; what they allow is written under the lock of
/// the conversation's row.
/// </summary>
public sealed class MessageService(
    ConversationsDbContext db,
    MessageQueries queries,
    MessageChecks checks,
    RequestScope scope,
    Changes changes,
    Deliveries deliveries,
    AccountClock clock
)
{
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
            check: wanted => checks.CheckCreateAsync(conversation, Modified(form, wanted), cancellationToken),
            before: found => MessageEvents.Add(found.Message),
            write: found => AddAsync(conversation, found, cancellationToken),
            after: Added,
            cancellationToken: cancellationToken
        );
        return created.Message;

        IEnumerable<WebhookEvent> Added(NewMessage found)
        {
            yield return MessageEvents.Added(found.Message, found.Conversation.MessagingServiceSid);
            if (found.StateBefore != ConversationState.Active)
            {
                yield return ConversationEvents.Woken(found.Conversation, clock.Now);
            }
        }
    }

    public async Task<Message> FetchAsync(string conversation, string sid, CancellationToken cancellationToken) =>
        await queries.FetchAsync(db, scope.Path(conversation), sid, cancellationToken) ?? throw scope.NotFound();

    /// <exception cref="TwilioException">20404: there is no such message. 50530: no message has metadata.</exception>
    public async Task FetchChannelMetadataAsync(string conversation, string sid, CancellationToken cancellationToken)
    {
        await FetchAsync(conversation, sid, cancellationToken);
        throw new TwilioException(TwilioErrors.ChannelMetadataNotFound);
    }

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
            return await checks.FindOpenAsync(conversation, sid, cancellationToken);
        }

        var updated = await changes.RunAsync(
            check: wanted => checks.CheckUpdateAsync(conversation, sid, Modified(form, wanted), cancellationToken),
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
            check: () => checks.FindOpenAsync(conversation, sid, cancellationToken),
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
            after: message => [MessageEvents.Removed(message, clock.Now)],
            cancellationToken: cancellationToken
        );

    private Task LockAsync(string conversation, Message message, CancellationToken cancellationToken) =>
        db.LockAsync(message.ConversationSid, scope.Path(conversation).UniqueName, cancellationToken);

    private async Task AddAsync(string conversation, NewMessage found, CancellationToken cancellationToken)
    {
        var (message, path) = (found.Message, scope.Path(conversation));
        message.Index = await db.TakeMessageIndexAsync(
            found.Conversation,
            path.UniqueName,
            clock.Now,
            cancellationToken
        );
        found.Conversation = await checks.RequireSameAuthorAsync(
            conversation,
            message,
            found.Inbound,
            cancellationToken
        );
        db.Add(message);
        await deliveries.AddAsync(message, found.Conversation, cancellationToken);
    }

    private async Task ChangeAsync(string conversation, EditedMessage found, CancellationToken cancellationToken)
    {
        var message = found.Message;
        await LockAsync(conversation, message, cancellationToken);
        if (db.Entry(message).Property(m => m.Author).IsModified)
        {
            await checks.RequireSameAuthorAsync(conversation, message, inbound: null, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

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
}
