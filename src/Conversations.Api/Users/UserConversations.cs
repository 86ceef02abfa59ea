using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Users;

/// <summary>A user's row is the gate of how many conversations its identity is in, as a conversation's row is of its participants.</summary>
public static class UserConversations
{
    /// <returns>False when the identity is in as many conversations as it may, or the user is gone.</returns>
    public static async Task<bool> JoinAsync(this ConversationsDbContext db, string userSid, CancellationToken cancellationToken)
        => await db.Users.Where(u => u.Sid == userSid && u.ConversationCount < User.MaxConversations)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount + 1), cancellationToken) > 0;

    public static Task LeaveAsync(this ConversationsDbContext db, string userSid, CancellationToken cancellationToken)
        => db.Users.Where(u => u.Sid == userSid)
            .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount - 1), cancellationToken);
}
