using System.Linq.Expressions;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Messages;

/// <summary>The compiled queries for messages. See <see cref="PathQuery"/>.</summary>
public sealed class MessageQueries
{
    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<Message>>> OfConversation =
        ConversationRows.Children<Message>();

    private readonly DirectQuery<Message> bySid = new(
        (ConversationsDbContext db, ResourcePath at, string sid) =>
            OfConversation.Invoke(db, at).Where(m => m.Sid == sid)
    );

    private readonly PathQuery<string, FoundMessage?> tracked = PathQuery.Compile(
        (ConversationsDbContext db, ResourcePath at, string sid) =>
            ConversationRows
                .Named.Invoke(db, at)
                .Join(
                    db.Set<Message>().Where(m => m.Sid == sid),
                    c => c.Sid,
                    m => m.ConversationSid,
                    (c, m) => new FoundMessage(m, c)
                )
                .AsTracking()
                .FirstOrDefault()
    );

    // The author is a participant's identity, else the address of one, else the projected address of one. An address
    // can be that of several participants: with two proxy addresses, or by email.
    // Without media the parameter is the empty text, which no row has.
    private readonly DirectQuery<MessageFacts> facts = new(
        (ConversationsDbContext db, ResourcePath at, string author, string media) =>
            ConversationRows
                .Named.Invoke(db, at)
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
                    db.Set<Message>().Any(m => m.ChatServiceSid == c.ChatServiceSid && m.MediaSid == media)
                ))
    );

    /// <summary>The lists of a conversation's messages, by their indices.</summary>
    public ListQuery<Message, long?> Ascending { get; } =
        ConversationRows.LongList(
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
        ConversationRows.LongList(
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

    public Task<Message?> FetchAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string sid,
        CancellationToken cancellationToken
    ) => bySid.FirstAsync(db, at, [sid], cancellationToken);

    /// <summary>The message and its conversation, tracked.</summary>
    public Task<FoundMessage?> FetchTrackedAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string sid,
        CancellationToken cancellationToken
    ) => tracked(db, at, sid, cancellationToken);

    /// <summary>What a new message, or a change of an author, depends on.</summary>
    public Task<MessageFacts?> FactsAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string author,
        string? mediaSid,
        CancellationToken cancellationToken
    ) => facts.FirstAsync(db, at, [author, mediaSid ?? ""], cancellationToken);
}
