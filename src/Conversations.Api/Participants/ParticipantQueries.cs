using System.Linq.Expressions;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using LinqKit;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Participants;

/// <summary>
/// The queries for participants. They are compiled once, because EF Core takes longer to translate such an expression
/// than PostgreSQL takes to answer it. Each query contains the caller's scope. EF Core leaves a condition on a null
/// parameter out of the SQL, so one query serves both route shapes, SIDs and names. Each server has one instance,
/// because a compiled query belongs to the server's model.
/// </summary>
public sealed class ParticipantQueries
{
    private static readonly Expression<
        Func<ConversationsDbContext, string, string?, string?, string?, IQueryable<Participant>>
    > OfConversation = ConversationRows.Children<Participant>();

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        string?,
        CancellationToken,
        Task<Participant?>
    > named = Compile(
        (db, account, service, conversation, uniqueName, sid, identity, _) =>
            OfConversation
                .Invoke(db, account, service, conversation, uniqueName)
                .Where(p => (sid == null || p.Sid == sid) && (identity == null || p.Identity == identity))
                .FirstOrDefault()
    );

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        string?,
        CancellationToken,
        Task<Member?>
    > tracked = Compile(
        (db, account, service, conversation, uniqueName, sid, identity, _) =>
            ConversationRows
                .Named.Invoke(db, account, service, conversation, uniqueName)
                .Join(
                    db.Set<Participant>()
                        .Where(p => (sid == null || p.Sid == sid) && (identity == null || p.Identity == identity)),
                    c => c.Sid,
                    p => p.ConversationSid,
                    (c, p) => new Member(p, c)
                )
                .AsTracking()
                .FirstOrDefault()
    );

    private readonly Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        string?,
        string?,
        CancellationToken,
        Task<ParticipantFacts?>
    > facts = EF.CompileAsyncQuery(FactsOf.Expand());

    private static Expression<
        Func<
            ConversationsDbContext,
            string,
            string?,
            string?,
            string?,
            string?,
            string?,
            string?,
            CancellationToken,
            ParticipantFacts?
        >
    > FactsOf =>
        (db, account, service, conversation, uniqueName, identity, pair, role, _) =>
            ConversationRows
                .Named.Invoke(db, account, service, conversation, uniqueName)
                .Join(
                    db.Set<ChatService>(),
                    c => c.ChatServiceSid,
                    s => s.Sid,
                    (c, s) =>
                        new ParticipantFacts(
                            c,
                            s.DefaultConversationRoleSid,
                            s.DefaultChatServiceRoleSid,
                            role == null
                                || db.Set<Role>()
                                    .Any(r =>
                                        r.Sid == role
                                        && r.ChatServiceSid == c.ChatServiceSid
                                        && r.Type == RoleType.Conversation
                                    ),
                            identity != null
                                && db.Set<Participant>().Any(p => p.ConversationSid == c.Sid && p.Identity == identity),
                            pair == null
                                ? null
                                : db.Set<Participant>()
                                    .Where(p => p.AccountSid == c.AccountSid && p.ActiveBinding == pair)
                                    .Select(p => p.ConversationSid)
                                    .FirstOrDefault(),
                            identity == null
                                ? null
                                : db.Set<User>()
                                    .Where(u => u.ChatServiceSid == c.ChatServiceSid && u.Identity == identity)
                                    .Select(u => u.Sid)
                                    .FirstOrDefault(),
                            identity == null
                                ? 0
                                : db.Set<User>()
                                    .Where(u => u.ChatServiceSid == c.ChatServiceSid && u.Identity == identity)
                                    .Select(u => u.ConversationCount)
                                    .FirstOrDefault()
                        )
                )
                .FirstOrDefault();

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
        return named(
            db,
            at.AccountSid,
            at.ChatServiceSid,
            at.ConversationSid,
            at.UniqueName,
            isSid ? sidOrIdentity : null,
            isSid ? null : sidOrIdentity,
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
        return tracked(
            db,
            at.AccountSid,
            at.ChatServiceSid,
            at.ConversationSid,
            at.UniqueName,
            isSid ? sidOrIdentity : null,
            isSid ? null : sidOrIdentity,
            cancellationToken
        );
    }

    /// <summary>Everything that a change depends on, except the members of a group.</summary>
    /// <param name="pair">See <see cref="Participant.PairOf"/>.</param>
    public Task<ParticipantFacts?> FactsAsync(
        ConversationsDbContext db,
        ResourcePath at,
        string? identity,
        string? pair,
        string? roleSid,
        CancellationToken cancellationToken
    ) =>
        facts(
            db,
            at.AccountSid,
            at.ChatServiceSid,
            at.ConversationSid,
            at.UniqueName,
            identity,
            pair,
            roleSid,
            cancellationToken
        );

    private static Func<
        ConversationsDbContext,
        string,
        string?,
        string?,
        string?,
        string?,
        string?,
        CancellationToken,
        Task<TResult?>
    > Compile<TResult>(
        Expression<
            Func<
                ConversationsDbContext,
                string,
                string?,
                string?,
                string?,
                string?,
                string?,
                CancellationToken,
                TResult?
            >
        > query
    ) => EF.CompileAsyncQuery(query.Expand());
}

/// <summary>A participant and its conversation.</summary>
public sealed record Member(Participant Participant, Conversation Conversation);

/// <summary>What the check of a new or changed participant depends on.</summary>
/// <param name="PairHolder">The SID of the conversation that holds the pair of addresses; null when it is free.</param>
public sealed record ParticipantFacts(
    Conversation Conversation,
    string DefaultRoleSid,
    string DefaultUserRoleSid,
    bool HasRole,
    bool HasIdentity,
    string? PairHolder,
    string? UserSid,
    int UserConversationCount
);
