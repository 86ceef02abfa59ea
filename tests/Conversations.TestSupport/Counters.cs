using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>
/// Sets a counter close to its limit, which would otherwise need a thousand requests. The server does all counting
/// after that.
/// </summary>
public static class Counters
{
    public static Task SetConversationCountAsync(this Twilio twilio, string identity, int count) =>
        twilio.WithDatabaseAsync(db =>
            db.Set<User>()
                .Where(u => u.AccountSid == twilio.AccountSid && u.Identity == identity)
                .ExecuteUpdateAsync(u => u.SetProperty(r => r.ConversationCount, count))
        );

    public static Task SetParticipantCountAsync(this Twilio twilio, string conversation, int count) =>
        twilio.WithDatabaseAsync(db =>
            db.Set<Conversation>()
                .Where(c => c.Sid == conversation)
                .ExecuteUpdateAsync(c => c.SetProperty(r => r.ParticipantCount, count))
        );

    private static async Task WithDatabaseAsync(this Twilio twilio, Func<ConversationsDbContext, Task<int>> change)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        Assert.Equal(1, await change(scope.ServiceProvider.GetRequiredService<ConversationsDbContext>()));
    }
}
