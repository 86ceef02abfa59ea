using Conversations.Api.Data;
using Conversations.Api.Http;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Users;

/// <summary>What requests for users ask the database, compiled once as <see cref="Participants.ParticipantQueries"/> are. A null chat service means the account's default one.</summary>
public sealed class UserQueries
{
    private readonly Func<ConversationsDbContext, string, string?, string?, int, IAsyncEnumerable<PageRow<User>>> rows = EF.CompileAsyncQuery(
        (ConversationsDbContext db, string account, string? service, string? start, int count) => db.Users
            .Where(u => u.AccountSid == account && u.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()))
            .Where(u => start == null || u.Sid.CompareTo(start) >= 0)
            .OrderBy(u => u.Sid)
            .Take(count)
            .Select(u => new PageRow<User>(u, start == null ? null : db.Users
                .Where(b => b.ChatServiceSid == (service ?? db.Accounts.Where(a => a.Sid == account).Select(a => a.DefaultChatServiceSid).First()) && b.Sid.CompareTo(start) < 0)
                .OrderByDescending(b => b.Sid)
                .Take(count - 1)
                .Min(b => b.Sid))));

    public IAsyncEnumerable<PageRow<User>> ListAsync(ConversationsDbContext db, RequestScope scope, string? start, int count)
        => rows(db, scope.AccountSid, scope.ChatServiceSidInPath, start, count);
}
