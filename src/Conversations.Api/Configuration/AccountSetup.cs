using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Configuration;

/// <summary>
/// Gives every configured account that is new to the database its default chat service, with the built-in roles. The built-in account gets
/// its first conversation in the same transaction: exactly once, also when several servers start at once, and not again after it was deleted.
/// </summary>
public sealed class AccountSetup(IReadOnlyList<AccountOptions> accounts, ConversationsDbContext db, TimeProvider clock)
{
    public Task EnsureAsync(CancellationToken cancellationToken) =>
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
                foreach (var account in missing)
                {
                    var service = ChatService.New(
                        account.Sid,
                        account.DefaultChatServiceSid,
                        "Default Conversations Service",
                        clock.GetUtcNow()
                    );
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
                        var now = clock.GetUtcNow();
                        db.Add(StarterConversation.New(account, Sids.New<Conversation>(now), now.UtcDateTime));
                    }
                }

                return missing.Count;
            },
            cancellationToken
        );
}
