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
public sealed class AccountSetup(ConversationsDbContext db, AccountClock clock)
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
                missing.ForEach(account => Add(account, authToken: null));
                return missing.Count;
            },
            cancellationToken
        );

    /// <summary>Adds an account that is not in the configuration, with its token, unless it is already there.</summary>
    /// <returns>The stored token: another request may have been the first.</returns>
    public Task<string> StoreAsync(AccountOptions account, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async () =>
            {
                var stored = await db.Set<Account>()
                    .AsTracking()
                    .SingleOrDefaultAsync(a => a.Sid == account.Sid, cancellationToken);
                if (stored is null)
                {
                    Add(account, account.AuthToken);
                    return account.AuthToken;
                }

                // The row of an account that was in the configuration has no token.
                return stored.AuthToken ??= account.AuthToken;
            },
            cancellationToken
        );

    /// <summary>Adds the rows of a new account to the context. The caller saves them.</summary>
    /// <param name="authToken">The token to store; null for an account of the configuration.</param>
    public void Add(AccountOptions account, string? authToken)
    {
        var service = ChatService.New(
            account.Sid,
            account.DefaultChatServiceSid,
            "Default Conversations Service",
            clock
        );
        db.Add(service.ChatService);
        db.AddRange(service.Roles);
        db.Add(
            new Account
            {
                Sid = account.Sid,
                AuthToken = authToken,
                DefaultChatServiceSid = account.DefaultChatServiceSid,
                DefaultMessagingServiceSid = account.DefaultMessagingServiceSid,
            }
        );
        if (account == AccountOptions.BuiltIn)
        {
            db.Add(StarterConversation.New(account, clock.NewSid<Conversation>(), clock.Now));
        }
    }
}
