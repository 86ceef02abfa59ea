using System.Linq.Expressions;
using Conversations.Api.Data;
using Conversations.Api.Users;
using LinqKit;

namespace Conversations.Api.Participants;

/// <summary>Which of the stored participants a request sees.</summary>
public static class ShownParticipants
{
    /// <summary>
    /// Whether the participant is one that a deleted user has left in a closed conversation, see
    /// <see cref="Users.DeletedUsers"/>. A participant of an open conversation never is: for it the database does not
    /// look for the user.
    /// </summary>
    public static Expression<Func<ConversationsDbContext, Participant, bool>> IsLeft { get; } =
        (db, p) =>
            p.ConversationClosed
            // For Any() PostgreSQL would read all deleted users.
            && db.Set<User>()
                .Where(u => u.Sid == p.UserSid && u.AccountSid == Resource.NoAccount)
                .Select(u => u.Sid)
                .FirstOrDefault() != null;

    /// <summary>Whether a request sees the participant: it is added, and not left by a deleted user.</summary>
    public static Expression<Func<ConversationsDbContext, Participant, bool>> IsShown { get; } =
        (db, p) => !p.Pending && !IsLeft.Invoke(db, p);

    /// <summary>All that a request sees.</summary>
    public static IQueryable<Participant> Of(ConversationsDbContext db) => WithPending(db).Where(p => !p.Pending);

    /// <summary>The same with those that are not added yet, because they already hold their pairs.</summary>
    public static IQueryable<Participant> WithPending(ConversationsDbContext db)
    {
        Expression<Func<Participant, bool>> isThere = p => !IsLeft.Invoke(db, p);
        return db.Set<Participant>().Where(isThere.Expand());
    }
}
