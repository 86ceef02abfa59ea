using System.Linq.Expressions;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Messages;

/// <summary>
/// The compiled queries for messages. See <see cref="ParticipantQueries"/>, which explains the form of such queries.
/// </summary>
public sealed class MessageQueries
{
    private static readonly Expression<
        Func<ConversationsDbContext, string, string?, string?, string?, IQueryable<Message>>
    > OfConversation = ConversationRows.Children<Message>();

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string,
        CancellationToken,
        Task<Message?>
    > bySid = Compile(
        (db, account, service, conversation, uniqueName, sid, _) =>
            OfConversation
                .Invoke(db, account, service, conversation, uniqueName)
                .Where(m => m.Sid == sid)
                .FirstOrDefault()
    );

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string,
        CancellationToken,
        Task<FoundMessage?>
    > tracked = Compile(
        (db, account, service, conversation, uniqueName, sid, _) =>
            ConversationRows
                .Named.Invoke(db, account, service, conversation, uniqueName)
                .Join(
                    db.Set<Message>().Where(m => m.Sid == sid),
                    c => c.Sid,
                    m => m.ConversationSid,
                    (c, m) => new FoundMessage(m, c.State)
                )
                .AsTracking()
                .FirstOrDefault()
    );

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string,
        string?,
        CancellationToken,
        Task<MessageFacts?>
    > facts = EF.CompileAsyncQuery(FactsOf.Expand());

    /// <summary>The lists of a conversation's messages, by their indices.</summary>
    public ListQuery<Message, long?> Ascending { get; } =
        ConversationRows.List(
            new ListOrder<Message, long?>
            {
                Key = m => m.Index,
                IsNull = key => key == null,
                IsFrom = (m, start) => start == null || m.Index >= start,
                IsBefore = (m, start) => m.Index < start,
                Sort = rows => rows.OrderBy(m => m.Index),
                SortBackwards = rows => rows.OrderByDescending(m => m.Index),
                First = indices => indices.Min(),
            }
        );

    /// <inheritdoc cref="Ascending"/>
    public ListQuery<Message, long?> Descending { get; } =
        ConversationRows.List(
            new ListOrder<Message, long?>
            {
                Key = m => m.Index,
                IsNull = key => key == null,
                IsFrom = (m, start) => start == null || m.Index <= start,
                IsBefore = (m, start) => m.Index > start,
                Sort = rows => rows.OrderByDescending(m => m.Index),
                SortBackwards = rows => rows.OrderBy(m => m.Index),
                First = indices => indices.Max(),
            }
        );

    // The author is a participant's identity, else the address of one, else the projected address of one. An address
    // can be that of several participants: with two proxy addresses, or by email.
    private static Expression<
        Func<
            ConversationsDbContext,
            string,
            string?,
            string?,
            string?,
            string,
            string?,
            CancellationToken,
            MessageFacts?
        >
    > FactsOf =>
        (db, account, service, conversation, uniqueName, author, media, _) =>
            ConversationRows
                .Named.Invoke(db, account, service, conversation, uniqueName)
                .Select(c => new MessageFacts(
                    c,
                    db.Set<Participant>()
                        .Where(p => p.ConversationSid == c.Sid && p.Identity == author)
                        .Select(p => p.Sid)
                        .FirstOrDefault()
                        ?? db.Set<Participant>()
                            .Where(p =>
                                p.ConversationSid == c.Sid && (p.Address == author || p.ProjectedAddress == author)
                            )
                            .OrderBy(p => p.Address == author ? 0 : 1)
                            .ThenBy(p => p.Sid)
                            .Select(p => p.Sid)
                            .FirstOrDefault(),
                    media != null
                        && db.Set<Message>().Any(m => m.ChatServiceSid == c.ChatServiceSid && m.MediaSid == media)
                ))
                .FirstOrDefault();

    public Task<Message?> FetchAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string sid,
        CancellationToken cancellationToken
    ) => bySid(db, at.AccountSid, at.ChatServiceSid, at.ConversationSid, at.UniqueName, sid, cancellationToken);

    /// <summary>The message, tracked, and the state of its conversation.</summary>
    public Task<FoundMessage?> FetchTrackedAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string sid,
        CancellationToken cancellationToken
    ) => tracked(db, at.AccountSid, at.ChatServiceSid, at.ConversationSid, at.UniqueName, sid, cancellationToken);

    /// <summary>What a new message, or a change of an author, depends on.</summary>
    public Task<MessageFacts?> FactsAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string author,
        string? mediaSid,
        CancellationToken cancellationToken
    ) =>
        facts(
            db,
            at.AccountSid,
            at.ChatServiceSid,
            at.ConversationSid,
            at.UniqueName,
            author,
            mediaSid,
            cancellationToken
        );

    private static Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string,
        CancellationToken,
        Task<TResult?>
    > Compile<TResult>(
        Expression<
            Func<ConversationsDbContext, string, string?, string?, string?, string, CancellationToken, TResult?>
        > query
    ) => EF.CompileAsyncQuery(query.Expand());
}

/// <summary>A message, and the state of its conversation.</summary>
public sealed record FoundMessage(Message Message, string State);

/// <summary>What the check of a new message or of a new author depends on.</summary>
/// <param name="ParticipantSid">The participant that the author names; null for none.</param>
/// <param name="IsMediaUsed">Whether a message of the chat service has the media.</param>
public sealed record MessageFacts(Conversation Conversation, string? ParticipantSid, bool IsMediaUsed);
