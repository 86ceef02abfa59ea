using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>Stores more messages than requests could create in a short time.</summary>
public static class StoredMessages
{
    /// <summary>Copies the only message of the account, whose index is 0, to the indices from 1 on.</summary>
    public static async Task CopyAsync(Twilio twilio, int count)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var one = await db.Set<Message>().SingleAsync(m => m.AccountSid == twilio.AccountSid);
        db.AddRange(
            Enumerable
                .Range(1, count)
                .Select(index => new Message
                {
                    Sid = Sids.New("IM", DateTimeOffset.UtcNow),
                    AccountSid = one.AccountSid,
                    ChatServiceSid = one.ChatServiceSid,
                    ConversationSid = one.ConversationSid,
                    Index = index,
                    Author = "system",
                    Attributes = "{}",
                    Body = "",
                    DateCreated = one.DateCreated,
                    DateUpdated = one.DateUpdated,
                })
        );
        var isWritten = await db.TryInTransactionAsync(
            () =>
                db.Set<Conversation>()
                    .Where(c => c.Sid == one.ConversationSid)
                    .ExecuteUpdateAsync(c => c.SetProperty(row => row.NextMessageIndex, count + 1)),
            default
        );
        Assert.True(isWritten);
    }
}
