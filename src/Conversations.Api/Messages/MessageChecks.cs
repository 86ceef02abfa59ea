using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Conversations.Api.Messages;

/// <summary>
/// The rules of messages that need the database, in Twilio's order: conversation and message (20404), closed (50377),
/// format, author in a group text, media.
/// </summary>
public sealed class MessageChecks(
    ConversationsDbContext db,
    MessageQueries queries,
    RequestScope scope,
    ConversationTimers timers,
    MessageRate rate,
    CreateMessageRules createRules,
    UpdateMessageRules updateRules,
    AccountClock clock
)
{
    private const string DefaultAuthor = "system";

    private bool isCounted;

    public async Task<Message> FindOpenAsync(string conversation, string sid, CancellationToken cancellationToken)
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

    public async Task<NewMessage> CheckCreateAsync(
        string conversation,
        CreateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        var author = form.Author.NullIfEmpty() ?? DefaultAuthor;
        var mediaSid = form.ContentSid.NullIfEmpty() is null ? form.MediaSid.NullIfEmpty() : null;
        var facts =
            await FactsAsync(conversation, author, mediaSid, form.Inbound, cancellationToken) ?? throw scope.NotFound();
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

        return new(Row(form, facts, author, mediaSid), parent, form.Inbound);
    }

    private Message Row(CreateMessageForm form, MessageFacts facts, string author, string? mediaSid)
    {
        var (parent, now) = (facts.Conversation, clock.Now);
        var dateCreated = Forms.Date(form.DateCreated) ?? now;
        var contentSid = form.ContentSid.NullIfEmpty();
        return new()
        {
            Sid = clock.NewSid<Message>(),
            AccountSid = parent.AccountSid,
            ChatServiceSid = parent.ChatServiceSid,
            ConversationSid = parent.Sid,
            Author = author,
            ParticipantSid = facts.ParticipantSid,
            Body = (contentSid ?? mediaSid) is null ? form.Body ?? "" : null,
            Attributes = form.Attributes.NullIfEmpty() ?? "{}",
            MediaSid = mediaSid,
            Media = form.Inbound?.Media,
            ContentSid = contentSid,
            Subject = form.Subject.NullIfEmpty(),
            DateCreated = dateCreated,
            DateUpdated = Forms.Date(form.DateUpdated) ?? dateCreated,
        };
    }

    public async Task<EditedMessage> CheckUpdateAsync(
        string conversation,
        string sid,
        UpdateMessageForm form,
        CancellationToken cancellationToken
    )
    {
        var message = await FindOpenAsync(conversation, sid, cancellationToken);
        updateRules.Check(form);
        TwilioException.ThrowIf(form.Body is not null && message.HasMedia, TwilioErrors.MediaBodyNotUpdatable);
        var (row, dateUpdated) = (db.Entry(message), message.DateUpdated);
        Apply(form, row);
        if (form.Author.NullIfEmpty() is { } author)
        {
            var facts =
                await FactsAsync(conversation, author, mediaSid: null, inbound: null, cancellationToken)
                ?? throw scope.NotFound();
            RequireMember(facts);
            row.Write(m => m.Author, author, author);
            row.Write(m => m.ParticipantSid, author, facts.ParticipantSid);
        }

        return new(message, dateUpdated);
    }

    private void Apply(UpdateMessageForm form, EntityEntry<Message> row)
    {
        var now = clock.Now;
        row.Write(m => m.Body, form.Body, form.Body);
        row.Write(m => m.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(m => m.Subject, form.Subject, form.Subject.NullIfEmpty());
        row.Write(m => m.DateCreated, Forms.Date(form.DateCreated), Forms.Date(form.DateCreated) ?? now);
        row.Write(m => m.DateUpdated, now, Forms.Date(form.DateUpdated) ?? now);
    }

    // Participants can't change under the lock of the conversation. If the author now names another participant or
    // none, the check must run again.
    public async Task<Conversation> RequireSameAuthorAsync(
        string conversation,
        Message message,
        InboundMessage? inbound,
        CancellationToken cancellationToken
    )
    {
        var facts = await FactsAsync(conversation, message.Author, mediaSid: null, inbound, cancellationToken);
        WriteConflictException.ThrowIf(facts is null || facts.ParticipantSid != message.ParticipantSid);
        RequireMember(facts!);
        return facts!.Conversation;
    }

    private async Task<MessageFacts?> FactsAsync(
        string conversation,
        string author,
        string? mediaSid,
        InboundMessage? inbound,
        CancellationToken cancellationToken
    )
    {
        var facts = await queries.FactsAsync(db, scope.Path(conversation), author, mediaSid, cancellationToken);

        // A webhook may have named another author.
        return facts is null || inbound is null || inbound.Address != author
            ? facts
            : facts with
            {
                ParticipantSid = await SenderAsync(facts, inbound, cancellationToken),
            };
    }

    // The phone writes as one of the participants that have its address.
    private async Task<string> SenderAsync(
        MessageFacts facts,
        InboundMessage inbound,
        CancellationToken cancellationToken
    )
    {
        var (sid, conversationSid) = (inbound.ParticipantSid, facts.Conversation.Sid);
        var isThere =
            facts.ParticipantSid == sid
            || await db.Set<Participant>()
                .AnyAsync(
                    p => p.Sid == sid && p.ConversationSid == conversationSid && p.Address == inbound.Address,
                    cancellationToken
                );
        return isThere ? sid : throw new TwilioException(TwilioErrors.Conflict);
    }

    // In a group text the author must be a member. This includes the default author.
    private static void RequireMember(MessageFacts facts) =>
        TwilioException.ThrowIf(
            facts.Conversation.IsGroup && facts.ParticipantSid is null,
            TwilioErrors.AuthorNotInGroup
        );
}
