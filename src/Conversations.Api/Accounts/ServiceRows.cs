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
    /// <summary>
    /// The SID of the chat service in a path, whether it exists or not; of the default service when the path has none.
    /// </summary>
    public static Expression<Func<ConversationsDbContext, ResourcePath, string>> ChatServiceSid { get; } =
        (db, at) =>
            at.ChatServiceSid == null
                ? db.Set<Account>().Where(a => a.Sid == at.AccountSid).Select(a => a.DefaultChatServiceSid).First()
                : at.ChatServiceSid;

    /// <summary>All rows of one type in that chat service. A deleted service has none.</summary>
    /// <remarks>
    /// The rows are compared with the SID itself, and not with the one of the found service: PostgreSQL then knows how
    /// many there are, and chooses the index by that.
    /// </remarks>
    public static Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<T>>> All<T>()
        where T : ServiceResource =>
        (db, at) =>
            db.Set<T>()
                .Where(r =>
                    r.AccountSid == at.AccountSid
                    && r.ChatServiceSid == ChatServiceSid.Invoke(db, at)
                    && (
                        at.ChatServiceSid == null
                        || db.Set<ChatService>().Any(s => s.Sid == at.ChatServiceSid && s.AccountSid == at.AccountSid)
                    )
                );

    /// <summary>The rows whose chat service is not deleted, see <see cref="DeletedServices"/>.</summary>
    public static IQueryable<T> Live<T>(this IQueryable<T> rows, ConversationsDbContext db)
        where T : ServiceResource =>
        rows.Where(row =>
            // For Any() PostgreSQL would read all deleted services.
            db.Set<ChatService>()
                .Where(s => s.Sid == row.ChatServiceSid && s.AccountSid == Resource.NoAccount)
                .Select(s => s.Sid)
                .FirstOrDefault() == null
        );

    /// <summary>The list of the rows of one type in a chat service.</summary>
    /// <param name="filter">Whether a row matches the value of the list's filter.</param>
    public static ListQuery<T> List<T>(Expression<Func<T, string, bool>>? filter = null)
        where T : ServiceResource, IResource
    {
        var all = All<T>();
        Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<T>>> rows = filter is null
            ? (db, at, _) => all.Invoke(db, at)
            : (db, at, value) => all.Invoke(db, at).Where(r => value == null || filter.Invoke(r, value));
        return new(
            rows,
            (db, at) =>
                db.Set<ChatService>().Any(s => s.AccountSid == at.AccountSid && s.Sid == ChatServiceSid.Invoke(db, at))
        );
    }

    /// <summary>The list of the rows of one type that belong to the account itself.</summary>
    public static ListQuery<T> AccountList<T>()
        where T : Resource, IResource =>
        new(
            (db, at, _) => db.Set<T>().Where(r => r.AccountSid == at.AccountSid),
            (db, at) => db.Set<Account>().Any(a => a.Sid == at.AccountSid)
        );
}
