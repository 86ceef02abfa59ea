using System.Linq.Expressions;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using LinqKit;

namespace Conversations.Api.Conversations;

/// <summary>The parts that compiled queries share: the conversation in a path, and its rows.</summary>
public static class ConversationRows
{
    private static readonly Expression<
        Func<ConversationsDbContext, string, string?, IQueryable<Conversation>>
    > AllConversations = ServiceRows.All<Conversation>();

    /// <summary>The conversation with the SID or UniqueName: one row or none.</summary>
    public static Expression<
        Func<ConversationsDbContext, string, string?, string?, string?, IQueryable<Conversation>>
    > Named { get; } =
        (db, account, service, conversation, uniqueName) =>
            AllConversations
                .Invoke(db, account, service)
                .Where(c =>
                    (conversation == null || c.Sid == conversation)
                    && (uniqueName == null || c.UniqueName == uniqueName)
                );

    /// <summary>
    /// The SID of that conversation. A given SID is not checked; an unknown UniqueName results in null.
    /// </summary>
    public static Expression<Func<ConversationsDbContext, string, string?, string?, string?, string?>> SidOf { get; } =
        (db, account, service, conversation, uniqueName) =>
            conversation
            ?? db.Set<Conversation>()
                .Where(c =>
                    c.ChatServiceSid == ServiceRows.ChatServiceSid.Invoke(db, account, service)
                    && c.UniqueName == uniqueName
                )
                .Select(c => c.Sid)
                .FirstOrDefault();

    /// <summary>All rows of one type in a conversation.</summary>
    public static Expression<
        Func<ConversationsDbContext, string, string?, string?, string?, IQueryable<T>>
    > Children<T>()
        where T : ConversationChild
    {
        var all = ServiceRows.All<T>();
        return (db, account, service, conversation, uniqueName) =>
            all.Invoke(db, account, service)
                .Where(r => r.ConversationSid == SidOf.Invoke(db, account, service, conversation, uniqueName));
    }

    /// <summary>The list of the rows of one type in a conversation.</summary>
    public static ListQuery<T> List<T>()
        where T : ConversationChild, IResource => new(AllChildren<T>(), IsNamed);

    /// <summary>The same in another order than that of the SIDs.</summary>
    public static ListQuery<T, TKey> List<T, TKey>(ListOrder<T, TKey> order)
        where T : ConversationChild => new(AllChildren<T>(), IsNamed, order);

    private static readonly Expression<Func<ConversationsDbContext, string, string?, string?, string?, bool>> IsNamed =
        (db, account, service, conversation, uniqueName) =>
            Named.Invoke(db, account, service, conversation, uniqueName).Any();

    private static Expression<
        Func<ConversationsDbContext, string, string?, string?, string?, string?, IQueryable<T>>
    > AllChildren<T>()
        where T : ConversationChild
    {
        var children = Children<T>();
        return (db, account, service, conversation, uniqueName, _) =>
            children.Invoke(db, account, service, conversation, uniqueName);
    }
}
