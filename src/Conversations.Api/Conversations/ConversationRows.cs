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
    public static ListQuery<T> List<T>()
        where T : ConversationChild, IResource => new(AllChildren<T>(), IsNamed);

    /// <summary>The same in another order than that of the SIDs.</summary>
    public static ListQuery<T, TKey> List<T, TKey>(ListOrder<T, TKey> order)
        where T : ConversationChild => new(AllChildren<T>(), IsNamed, order);

    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, bool>> IsNamed = (db, at) =>
        Named.Invoke(db, at).Any();

    private static Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> AllChildren<T>()
        where T : ConversationChild
    {
        var children = Children<T>();
        return (db, at, _) => children.Invoke(db, at);
    }
}
