using System.Linq.Expressions;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Participants;

/// <summary>The compiled queries for participants. See <see cref="PathQuery"/>.</summary>
public sealed class ParticipantQueries
{
    private static readonly Expression<
        Func<ConversationsDbContext, ResourcePath, IQueryable<Participant>>
    > OfConversation = ConversationRows.Children<Participant>();

    private readonly DirectQuery<Participant> named = new(
        (ConversationsDbContext db, ResourcePath at, string? sid, string? identity) =>
            OfConversation
                .Invoke(db, at)
                .Where(p =>
                    ShownParticipants.IsShown.Invoke(db, p)
                    && (sid == null || p.Sid == sid)
                    && (identity == null || p.Identity == identity)
                )
    );

    private readonly PathQuery<string?, string?, Member?> tracked = PathQuery.Compile(
        (ConversationsDbContext db, ResourcePath at, string? sid, string? identity) =>
            ConversationRows
                .Named.Invoke(db, at)
                .Join(
                    db.Set<Participant>()
                        .Where(p =>
                            !ShownParticipants.IsLeft.Invoke(db, p)
                            && (sid == null || p.Sid == sid)
                            && (identity == null || p.Identity == identity)
                        ),
                    c => c.Sid,
                    p => p.ConversationSid,
                    (c, p) => new Member(p, c)
                )
                .AsTracking()
                .FirstOrDefault()
    );

    // What the request does not name is the empty text, which no row has. So the SQL is always the same.
    private readonly DirectQuery<ParticipantFacts> facts = new(
        (ConversationsDbContext db, ResourcePath at, string identity, string pair, string role) =>
            ConversationRows
                .Named.Invoke(db, at)
                .Join(
                    db.Set<ChatService>(),
                    c => c.ChatServiceSid,
                    s => s.Sid,
                    (c, s) =>
                        new ParticipantFacts(
                            c,
                            s.DefaultConversationRoleSid,
                            s.DefaultChatServiceRoleSid,
                            HasRole.Invoke(db, c, role),
                            db.Set<Participant>().Any(p => p.ConversationSid == c.Sid && p.Identity == identity),
                            PairHolder.Invoke(db, c, pair),
                            UsersOf.Invoke(db, c, identity).Select(u => u.Sid).FirstOrDefault(),
                            UsersOf.Invoke(db, c, identity).Select(u => u.ConversationCount).FirstOrDefault()
                        )
                )
    );

    private static Expression<Func<ConversationsDbContext, Conversation, string, bool>> HasRole { get; } =
        (db, c, role) =>
            db.Set<Role>()
                .Any(r => r.Sid == role && r.ChatServiceSid == c.ChatServiceSid && r.Type == RoleType.Conversation);

    private static Expression<Func<ConversationsDbContext, Conversation, string, string?>> PairHolder { get; } =
        (db, c, pair) =>
            db.Set<Participant>()
                .Where(p => p.AccountSid == c.AccountSid && p.ActiveBinding == pair)
                .Select(p => p.ConversationSid)
                .FirstOrDefault();

    private static Expression<Func<ConversationsDbContext, Conversation, string, IQueryable<User>>> UsersOf { get; } =
        (db, c, identity) => db.Set<User>().Where(u => u.ChatServiceSid == c.ChatServiceSid && u.Identity == identity);

    /// <param name="sidOrIdentity">
    /// A text in the form of a participant's SID is a SID; any other text is an identity.
    /// </param>
    public Task<Participant?> FetchAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string sidOrIdentity,
        CancellationToken cancellationToken
    )
    {
        var isSid = Sids.Is<Participant>(sidOrIdentity);
        object?[] values = [isSid ? sidOrIdentity : null, isSid ? null : sidOrIdentity];
        return DeletedRoles.ReadAsync(
            db,
            () => named.FirstAsync(db, at, values, cancellationToken),
            found => found is null ? [] : [found],
            cancellationToken
        );
    }

    /// <summary>The participant and its conversation, tracked.</summary>
    public Task<Member?> FetchTrackedAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string sidOrIdentity,
        CancellationToken cancellationToken
    )
    {
        var isSid = Sids.Is<Participant>(sidOrIdentity);
        return DeletedRoles.ReadAsync(
            db,
            () => tracked(db, at, isSid ? sidOrIdentity : null, isSid ? null : sidOrIdentity, cancellationToken),
            found => found is null ? [] : [found.Participant],
            cancellationToken
        );
    }

    /// <summary>Everything that a change depends on, except the members of a group.</summary>
    /// <param name="pair">See <see cref="Participant.PairOf"/>.</param>
    public async Task<ParticipantFacts?> FactsAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string? identity,
        string? pair,
        string? roleSid,
        CancellationToken cancellationToken
    )
    {
        object?[] values = [identity ?? "", pair ?? "", roleSid ?? ""];
        var found = await facts.FirstAsync(db, at, values, cancellationToken);
        return found is not null && roleSid is null ? found with { HasRole = true } : found;
    }
}
