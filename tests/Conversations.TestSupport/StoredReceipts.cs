using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Receipts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>Changes receipts, which no operation does.</summary>
public static class StoredReceipts
{
    /// <summary>Adds a receipt without a status to the message, and returns its SID.</summary>
    public static async Task<string> AddAsync(Twilio twilio, string messageSid)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        return await db.InTransactionAsync(
            async () =>
            {
                var message = await db.Set<Message>().SingleAsync(m => m.Sid == messageSid);
                var sid = Sids.New<Receipt>(DateTimeOffset.UtcNow);
                db.Add(
                    new Receipt
                    {
                        Sid = sid,
                        AccountSid = message.AccountSid,
                        ChatServiceSid = message.ChatServiceSid,
                        ConversationSid = message.ConversationSid,
                        MessageSid = message.Sid,
                        ParticipantSid = $"MB{sid[2..]}",
                        ChannelMessageSid = $"SM{sid[2..]}",
                        Outcome = ReceiptStatus.Delivered,
                        NextStep = DateTime.UtcNow.AddDays(1),
                        DateCreated = message.DateCreated,
                        DateUpdated = message.DateCreated,
                    }
                );
                return sid;
            },
            default
        );
    }

    public static async Task DeleteAsync(Twilio twilio, string sid)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        Assert.Equal(
            1,
            await db.InTransactionAsync(() => db.Set<Receipt>().Where(r => r.Sid == sid).ExecuteDeleteAsync(), default)
        );
    }

    /// <summary>Makes the next step of each receipt of the messages due now.</summary>
    /// <param name="messages">The SIDs.</param>
    public static async Task MakeDueAsync(TestServer server, params string[] messages)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        await db.InTransactionAsync(
            () =>
                db.Set<Receipt>()
                    .Where(r => messages.Contains(r.MessageSid) && r.NextStep != null)
                    .ExecuteUpdateAsync(r => r.SetProperty(row => row.NextStep, _ => DateTime.UtcNow)),
            default
        );
    }
}
