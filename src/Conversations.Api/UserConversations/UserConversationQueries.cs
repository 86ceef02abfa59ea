using System.Linq.Expressions;
using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.UserConversations;

/// <summary>The compiled queries for the conversations of users. See <see cref="PathQuery"/>.</summary>
public sealed class UserConversationQueries
{
    // A part of a page's query: for each row it counts in the index of the messages, and stops at the highest count.
    private static readonly Expression<Func<ConversationsDbContext, Participant, int?>> Unread = (db, p) =>
        p.LastReadMessageIndex == null
            ? null
            : (int?)
                db.Set<Message>()
                    .Where(m => m.ConversationSid == p.ConversationSid && m.Index > p.LastReadMessageIndex)
                    .OrderBy(m => m.Index)
                    .Take(UserConversation.MaxUnreadMessages)
                    .Count();

    private static readonly Expression<Func<ConversationsDbContext, Participant, Conversation, UserConversation>> Row =
        (db, p, c) =>
            new UserConversation
            {
                Participant = p,
                Conversation = c,
                UnreadMessagesCount = Unread.Invoke(db, p),
            };

    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<User>>> AllUsers =
        ServiceRows.All<User>();

    // In the path of the list the user takes the place of the conversation: its SID, or its identity as the name.
    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<User>>> Users = (db, at) =>
        AllUsers
            .Invoke(db, at)
            .Where(u =>
                (at.ConversationSid == null || u.Sid == at.ConversationSid)
                && (at.UniqueName == null || u.Identity == at.UniqueName)
            );

    private static readonly Expression<Func<ConversationsDbContext, string?, string?, IQueryable<Participant>>> OfUser =
        (db, user, identity) =>
            db.Set<Participant>()
                .Where(p =>
                    !ShownParticipants.IsLeft.Invoke(db, p)
                    && (user == null || p.UserSid == user)
                    && (identity == null || p.Identity == identity)
                );

    private static readonly ListOrder<UserConversation, string?> ByConversationSid = new()
    {
        Key = row => row.Participant.ConversationSid,
        IsNull = key => key == null,
        IsFrom = (row, start) => start == null || row.Participant.ConversationSid.CompareTo(start) >= 0,
        IsBefore = (row, start) => row.Participant.ConversationSid.CompareTo(start) < 0,
        Sort = rows => rows.OrderBy(row => row.Participant.ConversationSid),
        SortBackwards = rows => rows.OrderByDescending(row => row.Participant.ConversationSid),
        First = sids => sids.Min(),
    };

    private readonly PathQuery<string?, string?, UserConversation?> named = PathQuery.Compile(
        (ConversationsDbContext db, ResourcePath at, string? user, string? identity) =>
            ConversationRows
                .Named.Invoke(db, at)
                .Join(
                    OfUser.Invoke(db, user, identity).Where(p => !p.Pending),
                    c => c.Sid,
                    p => p.ConversationSid,
                    (c, p) => Row.Invoke(db, p, c)
                )
                .FirstOrDefault()
    );

    private readonly PathQuery<string?, string?, Member?> tracked = PathQuery.Compile(
        (ConversationsDbContext db, ResourcePath at, string? user, string? identity) =>
            ConversationRows
                .Named.Invoke(db, at)
                .Join(OfUser.Invoke(db, user, identity), c => c.Sid, p => p.ConversationSid, (c, p) => new Member(p, c))
                .AsTracking()
                .FirstOrDefault()
    );

    /// <summary>
    /// The list of a user's conversations in the order of their SIDs. In its path the user takes the place of the
    /// conversation: its SID, or its identity as the name.
    /// </summary>
    public ListQuery<UserConversation, string?> List { get; } =
        new(
            // The user's SID is the only condition on participants that selects: hardly any row is pending. With
            // another one, PostgreSQL would expect fewer rows than there are, and sort the participants instead of
            // reading them in the order of the index.
            (db, at, _) =>
                db.Set<Participant>()
                    .Where(p =>
                        !p.Pending
                        && p.UserSid != null
                        && p.UserSid == Users.Invoke(db, at).Select(u => u.Sid).FirstOrDefault()
                    )
                    .Join(db.Set<Conversation>(), p => p.ConversationSid, c => c.Sid, (p, c) => Row.Invoke(db, p, c)),
            (db, at) => Users.Invoke(db, at).Any(),
            ByConversationSid
        );

    /// <param name="user">The user's SID or identity. A text that looks like a user's SID is a SID.</param>
    public Task<UserConversation?> FetchAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string user,
        CancellationToken cancellationToken
    ) =>
        Sids.Is<User>(user)
            ? named(db, at, user, null, cancellationToken)
            : named(db, at, null, user, cancellationToken);

    /// <summary>The user's participant and its conversation, tracked.</summary>
    public Task<Member?> FetchTrackedAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string user,
        CancellationToken cancellationToken
    ) =>
        Sids.Is<User>(user)
            ? tracked(db, at, user, null, cancellationToken)
            : tracked(db, at, null, user, cancellationToken);
}
