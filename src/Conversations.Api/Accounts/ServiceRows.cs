using System.Linq.Expressions;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using LinqKit;

namespace Conversations.Api.Accounts;

/// <summary>
/// The parts that compiled queries share: the rows of an account and of its chat services. LinqKit splices the
/// expressions into the queries.
/// </summary>
public static class ServiceRows
{
    /// <summary>The SID of the chat service in a path; of the default service when the path has none.</summary>
    public static Expression<Func<ConversationsDbContext, string, string?, string>> ChatServiceSid { get; } =
        (db, account, service) =>
            service ?? db.Set<Account>().Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First();

    /// <summary>All rows of one type in that chat service.</summary>
    public static Expression<Func<ConversationsDbContext, string, string?, IQueryable<T>>> All<T>()
        where T : ServiceResource =>
        (db, account, service) =>
            db.Set<T>()
                .Where(r => r.AccountSid == account && r.ChatServiceSid == ChatServiceSid.Invoke(db, account, service));

    /// <summary>The list of the rows of one type in a chat service.</summary>
    /// <param name="filter">Whether a row matches the value of the list's filter.</param>
    public static ListQuery<T> List<T>(Expression<Func<T, string, bool>>? filter = null)
        where T : ServiceResource, IResource
    {
        var all = All<T>();
        Expression<Func<ConversationsDbContext, string, string?, string?, string?, string?, IQueryable<T>>> rows =
            filter is null
                ? (db, account, service, _, _, _) => all.Invoke(db, account, service)
                : (db, account, service, _, _, value) =>
                    all.Invoke(db, account, service).Where(r => value == null || filter.Invoke(r, value));
        return new(
            rows,
            (db, account, service, _, _) =>
                db.Set<ChatService>()
                    .Any(s => s.AccountSid == account && s.Sid == ChatServiceSid.Invoke(db, account, service))
        );
    }

    /// <summary>The list of the rows of one type that belong to the account itself.</summary>
    public static ListQuery<T> AccountList<T>()
        where T : Resource, IResource =>
        new(
            (db, account, _, _, _, _) => db.Set<T>().Where(r => r.AccountSid == account),
            (db, account, _, _, _) => db.Set<Account>().Any(a => a.Sid == account)
        );
}
