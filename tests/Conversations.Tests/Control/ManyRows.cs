using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Control;

/// <summary>Many rows of an account, without a request for each.</summary>
internal static class ManyRows
{
    /// <param name="messages">In each conversation.</param>
    public static async Task AddAsync(ControlClient client, int conversations, int messages = 0)
    {
        var first = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        await using var scope = client.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var one = await db.Set<Conversation>().SingleAsync(c => c.Sid == first);
        for (var number = 0; number < conversations; number++)
        {
            Conversation conversation = new()
            {
                Sid = Sids.New<Conversation>(one.DateCreated),
                AccountSid = one.AccountSid,
                ChatServiceSid = one.ChatServiceSid,
                MessagingServiceSid = one.MessagingServiceSid,
                State = one.State,
                NextMessageIndex = messages,
                DateCreated = one.DateCreated,
                DateUpdated = one.DateUpdated,
            };
            db.Add(conversation);
            db.AddRange(Enumerable.Range(0, messages).Select(index => NewMessage(conversation, index)));
        }

        await db.SaveChangesAsync();
    }

    /// <summary>Gives a conversation with one participant so many of them, and messages.</summary>
    public static async Task FillAsync(ControlClient client, string conversation, int messages, int participants)
    {
        await using var scope = client.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var row = await db.Set<Conversation>().SingleAsync(c => c.Sid == conversation);
        var first = await db.Set<Participant>().SingleAsync(p => p.ConversationSid == conversation);
        db.AddRange(Enumerable.Range(0, messages).Select(index => NewMessage(row, index)));
        db.AddRange(Enumerable.Range(1, participants - 1).Select(number => NewParticipant(first, $"member-{number}")));
        await db.SaveChangesAsync();

        // Changed rows do not write these columns.
        await db.Set<Conversation>()
            .Where(c => c.Sid == conversation)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(c => c.NextMessageIndex, messages).SetProperty(c => c.ParticipantCount, participants)
            );
    }

    private static Participant NewParticipant(Participant first, string identity) =>
        new()
        {
            Sid = Sids.New<Participant>(first.DateCreated),
            AccountSid = first.AccountSid,
            ChatServiceSid = first.ChatServiceSid,
            ConversationSid = first.ConversationSid,
            Identity = identity,
            RoleSid = first.RoleSid,
            DateCreated = first.DateCreated,
            DateUpdated = first.DateUpdated,
        };

    private static Message NewMessage(Conversation conversation, int index) =>
        new()
        {
            Sid = Sids.New<Message>(conversation.DateCreated),
            AccountSid = conversation.AccountSid,
            ChatServiceSid = conversation.ChatServiceSid,
            ConversationSid = conversation.Sid,
            Index = index,
            Author = "system",
            Attributes = "{}",
            Body = $"text {index}",
            DateCreated = conversation.DateCreated,
            DateUpdated = conversation.DateUpdated,
        };
}
