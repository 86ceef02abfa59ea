using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Configuration;

/// <summary>
/// Adds every account that is new to the database, with its default chat service and the built-in roles. The built-in
/// account gets its first conversation in the same transaction. So the conversation is created once, even when several
/// servers start at the same time, and not again after its deletion.
/// </summary>
public sealed class AccountSetup(ConversationsDbContext db, TimeProvider clock)
{
    public Task EnsureAsync(IReadOnlyList<AccountOptions> accounts, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async () =>
            {
                var sids = accounts.Select(account => account.Sid).ToArray();
                var known = (
                    await db.Set<Account>()
                        .Where(a => sids.Contains(a.Sid))
                        .Select(a => a.Sid)
                        .ToListAsync(cancellationToken)
                ).ToHashSet();
                var missing = accounts.Where(account => !known.Contains(account.Sid)).ToList();
                missing.ForEach(Add);
                return missing.Count;
            },
            cancellationToken
        );

    private void Add(AccountOptions account)
    {
        var now = clock.GetUtcNow();
        var service = ChatService.New(account.Sid, account.DefaultChatServiceSid, "Default Conversations Service", now);
        db.Add(service.ChatService);
        db.AddRange(service.Roles);
        db.Add(
            new Account
            {
                Sid = account.Sid,
                DefaultChatServiceSid = account.DefaultChatServiceSid,
                DefaultMessagingServiceSid = account.DefaultMessagingServiceSid,
            }
        );
        if (account == AccountOptions.BuiltIn)
        {
            db.Add(StarterConversation.New(account, Sids.New<Conversation>(now), now.UtcDateTime));
        }
    }
}
