using System.Linq.Expressions;
using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ParticipantConversations;

/// <summary>
/// The lists of the conversations of an identity or an address, in the order of the SIDs of conversation and
/// participant: one address can be twice in a conversation. The key is both SIDs, one after the other.
/// </summary>
public sealed class ParticipantConversationQueries
{
    private static readonly ListOrder<ParticipantConversation, string?> ByBothSids = new()
    {
        Key = row => row.Participant.ConversationSid + row.Participant.Sid,
        IsNull = key => key == null,

        // The condition on the conversation alone is a range of the index. See PathQuery for the mark.
        IsFrom = (row, start) =>
            start == null
            || (
                row.Participant.ConversationSid.CompareTo(EF.Parameter(start).Substring(0, Sids.Length)) >= 0
                && (row.Participant.ConversationSid + row.Participant.Sid).CompareTo(start) >= 0
            ),
        IsBefore = (row, start) =>
            row.Participant.ConversationSid.CompareTo(EF.Parameter(start)!.Substring(0, Sids.Length)) <= 0
            && (row.Participant.ConversationSid + row.Participant.Sid).CompareTo(start) < 0,
        Sort = rows => rows.OrderBy(row => row.Participant.ConversationSid).ThenBy(row => row.Participant.Sid),
        SortBackwards = rows =>
            rows.OrderByDescending(row => row.Participant.ConversationSid).ThenByDescending(row => row.Participant.Sid),
        First = keys => keys.Min(),
    };

    // Participants have no other condition on account or service. With one, PostgreSQL would expect fewer rows than
    // there are, and sort the participants instead of reading them in the order of the index.
    private static readonly Expression<Func<ConversationsDbContext, ResourcePath, IQueryable<ChatService>>> Service = (
        db,
        at
    ) =>
        db.Set<ChatService>()
            .Where(s => s.AccountSid == at.AccountSid && s.Sid == ServiceRows.ChatServiceSid.Invoke(db, at));

    /// <summary>The filter is the identity.</summary>
    public ListQuery<ParticipantConversation, string?> ByIdentity { get; } =
        List(
            // By the user with the identity, because the index by user also serves the conversations of users.
            (db, at, identity) =>
                db.Set<Participant>()
                    .Where(p =>
                        p.UserSid != null
                        && p.UserSid
                            == db.Set<User>()
                                .Where(u =>
                                    u.ChatServiceSid == Service.Invoke(db, at).Select(s => s.Sid).First()
                                    && u.Identity == identity
                                )
                                .Select(u => u.Sid)
                                .FirstOrDefault()
                    )
        );

    /// <summary>The filter is the address.</summary>
    public ListQuery<ParticipantConversation, string?> ByAddress { get; } =
        List(
            (db, at, address) =>
                db.Set<Participant>()
                    .Where(p =>
                        p.ChatServiceSid == Service.Invoke(db, at).Select(s => s.Sid).First() && p.Address == address
                    )
        );

    private static ListQuery<ParticipantConversation, string?> List(
        Expression<Func<ConversationsDbContext, ResourcePath, string?, IQueryable<Participant>>> participants
    ) =>
        new(
            (db, at, filter) =>
                participants
                    .Invoke(db, at, filter)
                    .Where(p => !p.Pending)
                    .Join(
                        db.Set<Conversation>(),
                        p => p.ConversationSid,
                        c => c.Sid,
                        (p, c) => new ParticipantConversation { Participant = p, Conversation = c }
                    ),
            (db, at) => Service.Invoke(db, at).Any(),
            ByBothSids
        );
}
