using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>Moves the stored dates of timers, so that no test has to wait for them.</summary>
public static class TimerDates
{
    /// <summary>Lets the timers of the conversations expire earlier by that time.</summary>
    /// <param name="conversations">The SIDs.</param>
    public static async Task PassAsync(this TestServer server, TimeSpan time, params string[] conversations)
    {
        var seconds = -time.TotalSeconds;
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var changed = await db.InTransactionAsync(
            () =>
                db.Set<Conversation>()
                    .Where(c => conversations.Contains(c.Sid))
                    .ExecuteUpdateAsync(c =>
                        c.SetProperty(r => r.DateInactive, r => r.DateInactive!.Value.AddSeconds(seconds))
                            .SetProperty(r => r.DateClosed, r => r.DateClosed!.Value.AddSeconds(seconds))
                    ),
            default
        );
        Assert.Equal(conversations.Length, changed);
    }

    /// <summary>Does the same for one conversation.</summary>
    public static Task PassAsync(this Twilio twilio, string conversation, TimeSpan time) =>
        twilio.Server.PassAsync(time, conversation);
}
