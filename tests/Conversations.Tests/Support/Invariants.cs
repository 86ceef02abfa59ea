using Conversations.Api.Data;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Support;

/// <summary>What must be true of an account's rows whatever happened: all that the server keeps besides what it was told.</summary>
public static class Invariants
{
    public static async Task HoldAsync(Twilio twilio)
    {
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        await HoldAsync(scope.ServiceProvider.GetRequiredService<ConversationsDbContext>(), twilio.AccountSid);
    }

    public static async Task HoldAsync(ConversationsDbContext db, string accountSid)
    {
        var conversations = await db.Conversations.Where(c => c.AccountSid == accountSid).ToListAsync();
        var participants = await db.Participants.Where(p => p.AccountSid == accountSid).ToListAsync();
        var users = await db.Users.Where(u => u.AccountSid == accountSid).ToListAsync();
        var members = participants.ToLookup(p => p.ConversationSid);

        Assert.All(conversations, conversation =>
        {
            var inside = members[conversation.Sid].ToList();
            Assert.Equal(inside.Count, conversation.ParticipantCount);
            Assert.Equal(inside.Count(p => p.IsNonChat), conversation.NonChatCount);
            Assert.Equal(inside.Count(p => p.IsInGroup), conversation.GroupCount);
            Assert.All(inside, p => Assert.Equal(conversation.IsClosed ? null : Participant.PairOf(p.Address, p.ProxyAddress), p.ActiveBinding));
            var addresses = inside.Select(p => p.Address ?? p.ProjectedAddress).OfType<string>().ToList();
            if (conversation.IsClosed || !conversation.IsGroup || addresses.Count < 3)
            {
                Assert.Null(conversation.GroupKey);
            }
            else if (conversation.GroupKey is not null)
            {
                Assert.Equal(string.Join(' ', addresses.Distinct().Order(StringComparer.Ordinal)), conversation.GroupKey);
            }
        });

        var open = conversations.Where(c => !c.IsClosed).Select(c => c.Sid).ToHashSet();
        Assert.All(users, user => Assert.Equal(participants.Count(p => p.UserSid == user.Sid && open.Contains(p.ConversationSid)), user.ConversationCount));
        Assert.All(participants, p => Assert.Equal(p.Identity, users.SingleOrDefault(u => u.Sid == p.UserSid)?.Identity));
    }
}
