using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Roles;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Participants;

/// <summary>
/// What requests for participants ask the database, compiled once: EF Core needs longer to read such an expression anew than PostgreSQL to
/// answer it. The caller's scope is part of each; a condition on a parameter that is null is left out of the SQL, so that one query
/// serves both route shapes, SIDs and names. One instance a server: what is compiled belongs to its model.
/// </summary>
public sealed class ParticipantQueries
{
    private readonly Func<ConversationsDbContext, string, string?, string?, string?, string?, string?, CancellationToken, Task<Participant?>> named = EF.CompileAsyncQuery(
        (ConversationsDbContext db, string account, string? service, string? conversation, string? uniqueName, string? sid, string? identity, CancellationToken _) => db.Participants
            .Where(p => p.AccountSid == account && p.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()))
            .Where(p => p.ConversationSid == (conversation ?? db.Conversations
                .Where(c => c.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()) && c.UniqueName == uniqueName)
                .Select(c => c.Sid)
                .FirstOrDefault()))
            .Where(p => (sid == null || p.Sid == sid) && (identity == null || p.Identity == identity))
            .FirstOrDefault());

    private readonly Func<ConversationsDbContext, string, string?, string?, string?, string?, string?, CancellationToken, Task<Member?>> tracked = EF.CompileAsyncQuery(
        (ConversationsDbContext db, string account, string? service, string? conversation, string? uniqueName, string? sid, string? identity, CancellationToken _) => db.Conversations
            .Where(c => c.AccountSid == account && c.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()))
            .Where(c => (conversation == null || c.Sid == conversation) && (uniqueName == null || c.UniqueName == uniqueName))
            .Join(
                db.Participants.Where(p => (sid == null || p.Sid == sid) && (identity == null || p.Identity == identity)),
                c => c.Sid,
                p => p.ConversationSid,
                (c, p) => new Member(p, c))
            .AsTracking()
            .FirstOrDefault());

    private readonly Func<ConversationsDbContext, string, string?, string?, string?, string?, int, IAsyncEnumerable<PageRow<Participant>>> rows = EF.CompileAsyncQuery(
        (ConversationsDbContext db, string account, string? service, string? conversation, string? uniqueName, string? start, int count) => db.Participants
            .Where(p => p.AccountSid == account && p.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()))
            .Where(p => p.ConversationSid == (conversation ?? db.Conversations
                .Where(c => c.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()) && c.UniqueName == uniqueName)
                .Select(c => c.Sid)
                .FirstOrDefault()))
            .OrderBy(p => p.Sid)
            .Where(p => start == null || p.Sid.CompareTo(start) >= 0)
            .Take(count)
            .Select(p => new PageRow<Participant>(p, start == null ? null : db.Participants
                .Where(b => b.ConversationSid == (conversation ?? db.Conversations
                    .Where(c => c.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()) && c.UniqueName == uniqueName)
                    .Select(c => c.Sid)
                    .FirstOrDefault()))
                .Where(b => b.Sid.CompareTo(start) < 0)
                .OrderByDescending(b => b.Sid)
                .Take(count - 1)
                .Min(b => b.Sid))));

    private readonly Func<ConversationsDbContext, string, string?, string?, string?, string?, string?, string?, CancellationToken, Task<ParticipantFacts?>> facts = EF.CompileAsyncQuery(
        (ConversationsDbContext db, string account, string? service, string? conversation, string? uniqueName, string? identity, string? pair, string? role, CancellationToken _) => db.Conversations
            .Where(c => c.AccountSid == account && c.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()))
            .Where(c => (conversation == null || c.Sid == conversation) && (uniqueName == null || c.UniqueName == uniqueName))
            .Join(db.ChatServices, c => c.ChatServiceSid, s => s.Sid, (c, s) => new ParticipantFacts(
                c,
                s.DefaultConversationRoleSid,
                s.DefaultChatServiceRoleSid,
                role == null || db.Roles.Any(r => r.Sid == role && r.ChatServiceSid == c.ChatServiceSid && r.Type == RoleType.Conversation),
                identity != null && db.Participants.Any(p => p.ConversationSid == c.Sid && p.Identity == identity),
                pair == null ? null : db.Participants.Where(p => p.AccountSid == c.AccountSid && p.ActiveBinding == pair).Select(p => p.ConversationSid).FirstOrDefault(),
                identity == null ? null : db.Users.Where(u => u.ChatServiceSid == c.ChatServiceSid && u.Identity == identity).Select(u => u.Sid).FirstOrDefault(),
                identity == null ? 0 : db.Users.Where(u => u.ChatServiceSid == c.ChatServiceSid && u.Identity == identity).Select(u => u.ConversationCount).FirstOrDefault()))
            .FirstOrDefault());

    /// <param name="sidOrIdentity">Text of the form of a participant's SID is a SID, all other an identity.</param>
    public Task<Participant?> FetchAsync(ConversationsDbContext db, ConversationPath at, string sidOrIdentity, CancellationToken cancellationToken)
    {
        var isSid = Sid.Is("MB", sidOrIdentity);
        return named(db, at.AccountSid, at.ChatServiceSid, at.Sid, at.UniqueName, isSid ? sidOrIdentity : null, isSid ? null : sidOrIdentity, cancellationToken);
    }

    /// <summary>The participant and its conversation, tracked.</summary>
    public Task<Member?> FetchTrackedAsync(ConversationsDbContext db, ConversationPath at, string sidOrIdentity, CancellationToken cancellationToken)
    {
        var isSid = Sid.Is("MB", sidOrIdentity);
        return tracked(db, at.AccountSid, at.ChatServiceSid, at.Sid, at.UniqueName, isSid ? sidOrIdentity : null, isSid ? null : sidOrIdentity, cancellationToken);
    }

    public IAsyncEnumerable<PageRow<Participant>> ListAsync(ConversationsDbContext db, ConversationPath at, string? start, int count)
        => rows(db, at.AccountSid, at.ChatServiceSid, at.Sid, at.UniqueName, start, count);

    /// <summary>All that a change depends on, but for the members of a group.</summary>
    /// <param name="pair">See <see cref="Participant.PairOf"/>.</param>
    public Task<ParticipantFacts?> FactsAsync(
        ConversationsDbContext db, ConversationPath at, string? identity, string? pair, string? roleSid, CancellationToken cancellationToken)
        => facts(db, at.AccountSid, at.ChatServiceSid, at.Sid, at.UniqueName, identity, pair, roleSid, cancellationToken);
}

public sealed record Member(Participant Participant, Conversation Conversation);

/// <param name="PairHolder">The conversation that holds the pair of addresses; null when it is free.</param>
public sealed record ParticipantFacts(
    Conversation Conversation,
    string DefaultRoleSid,
    string DefaultUserRoleSid,
    bool HasRole,
    bool HasIdentity,
    string? PairHolder,
    string? UserSid,
    int UserConversationCount);
