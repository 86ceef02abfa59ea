using System.Linq.Expressions;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using LinqKit;

namespace Conversations.Api.Conversations;

/// <summary>The parts that compiled queries share: the conversation in a path, and its rows.</summary>
public static class ConversationRows
{
    private static readonly Expression<
        Func<ConversationsDbContext, ResourcePath, IQueryable<Conversation>>
    > AllConversations = ServiceRows.All<Conversation>();

    /// <summary>The conversation with the SID or UniqueName: one row or none.</summary>
    public static Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<Conversation>>> Named { get; } =
        (db, at) =>
            AllConversations
                .Invoke(db, at)
                .Where(c =>
                    (at.ConversationSid == null || c.Sid == at.ConversationSid)
                    && (at.UniqueName == null || c.UniqueName == at.UniqueName)
                );

    /// <summary>
    /// The SID of that conversation. A given SID is not checked; an unknown UniqueName results in null.
    /// </summary>
    public static Expression<Func<ConversationsDbContext, ResourcePath, string?>> SidOf { get; } =
        (db, at) =>
            at.ConversationSid
            ?? db.Set<Conversation>()
                .Where(c =>
                    c.ChatServiceSid == ServiceRows.ChatServiceSid.Invoke(db, at) && c.UniqueName == at.UniqueName
                )
                .Select(c => c.Sid)
                .FirstOrDefault();

    /// <summary>All rows of one type in a conversation.</summary>
    public static Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<T>>> Children<T>()
        where T : ConversationChild
    {
        var all = ServiceRows.All<T>();
        return (db, at) => all.Invoke(db, at).Where(r => r.ConversationSid == SidOf.Invoke(db, at));
    }

    /// <summary>The list of the rows of one type in a conversation.</summary>
    /// <param name="isShown">Which rows the list has; null for all.</param>
    public static ListQuery<T> List<T>(Expression<Func<ConversationsDbContext, T, bool>>? isShown = null)
        where T : ConversationChild, IResource => new(AllChildren(isShown), IsNamed);

    /// <summary>
    /// The list of the rows of one type of which a conversation can have millions. The caller's scope selects the
    /// conversation, and only the conversation selects the rows. With further conditions on them PostgreSQL would
    /// expect few rows, and read and sort all of them instead of following the index to the end of the page.
    /// </summary>
    public static ListQuery<T, TKey> LongList<T, TKey>(ListOrder<T, TKey> order)
        where T : ConversationChild =>
        new(
            (db, at, _) =>
                db.Set<T>()
                    .Where(row => row.ConversationSid == Named.Invoke(db, at).Select(c => c.Sid).FirstOrDefault()),
            IsNamed,
            order
        );

    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, bool>> IsNamed = (db, at) =>
        Named.Invoke(db, at).Any();

    private static Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> AllChildren<T>(
        Expression<Func<ConversationsDbContext, T, bool>>? isShown
    )
        where T : ConversationChild
    {
        var children = Children<T>();
        return isShown is null
            ? (db, at, _) => children.Invoke(db, at)
            : (db, at, _) => children.Invoke(db, at).Where(row => isShown.Invoke(db, row));
    }
}
