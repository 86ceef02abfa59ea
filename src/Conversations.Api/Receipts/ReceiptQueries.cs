using System.Linq.Expressions;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using LinqKit;

namespace Conversations.Api.Receipts;

/// <summary>The compiled queries for receipts. See <see cref="PathQuery"/>.</summary>
public sealed class ReceiptQueries
{
    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<Receipt>>> OfConversation =
        ConversationRows.Children<Receipt>();

    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<Message>>> Messages =
        ConversationRows.Children<Message>();

    private readonly DirectQuery<Receipt> bySid = new(
        (ConversationsDbContext db, ResourcePath at, string message, string sid) =>
            OfConversation.Invoke(db, at).Where(r => r.MessageSid == message && r.Sid == sid)
    );

    /// <summary>The list of a message's receipts. Its filter is the SID of the message.</summary>
    public ListQuery<Receipt> List { get; } =
        new(
            (db, at, message) => OfConversation.Invoke(db, at).Where(r => r.MessageSid == message),
            (db, at, message) => Messages.Invoke(db, at).Any(m => m.Sid == message)
        );

    public Task<Receipt?> FetchAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string message,
        string sid,
        CancellationToken cancellationToken
    ) => bySid.FirstAsync(db, at, [message, sid], cancellationToken);
}
