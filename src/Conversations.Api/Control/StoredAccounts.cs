using System.Collections.Concurrent;
using System.Security.Cryptography;
using Conversations.Api.Accounts;
using Conversations.Api.Configuration;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// The accounts that are not in the configuration. Their tokens are in the database, so that all its servers know them,
/// also after a restart. A process looks an account up again after some seconds: another one may have deleted it.
/// </summary>
public sealed class StoredAccounts(IServiceScopeFactory scopes, AccountDirectory directory, TimeProvider clock)
{
    // Twilio's tokens have 32 hexadecimal digits.
    private const int TokenLength = 32;

    // Some hundred bytes each.
    private const int MaxKnown = 10_000;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (AccountOptions Account, long Read)> known = new();

    /// <summary>Finds an account. <see cref="AccountDirectory.TakesAny"/> makes a new one if there is none.</summary>
    /// <param name="token">The token of the request; null for a search that no request made.</param>
    public ValueTask<AccountOptions?> FindAsync(string sid, string? token, CancellationToken cancellationToken) =>
        known.TryGetValue(sid, out var entry) && clock.GetElapsedTime(entry.Read) < MaxAge
            ? new(entry.Account)
            : new(ReadAsync(sid, token, cancellationToken));

    /// <summary>Makes an account with a token, a default chat service and its roles.</summary>
    /// <param name="seed">All its SIDs follow from it; null for an account without one.</param>
    public async Task<AccountOptions> CreateAsync(long? seed, CancellationToken cancellationToken)
    {
        if (seed is { } given)
        {
            return Remember(await CreateSeededAsync(given, cancellationToken));
        }

        AccountOptions account = new()
        {
            Sid = Sids.New("AC", clock.GetUtcNow()),
            AuthToken = RandomNumberGenerator.GetHexString(TokenLength, lowercase: true),
        };
        await StoreAsync(account, cancellationToken);
        return Remember(account);
    }

    private async Task<AccountOptions> CreateSeededAsync(long seed, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var (db, account) = (services.GetRequiredService<ConversationsDbContext>(), Seeds.AccountOf(seed));
        var clock = services.GetRequiredService<AccountClock>();
        clock.Set(Seeds.FirstClock);
        clock.Set(new SidSequence(seed, request: 0));
        await services.GetRequiredService<AccountSetup>().StoreAsync(account, cancellationToken);
        await db.InTransactionAsync(
            async () =>
            {
                if (!await db.Set<StoredSeed>().AnyAsync(s => s.AccountSid == account.Sid, cancellationToken))
                {
                    db.Add(new StoredSeed { AccountSid = account.Sid, Seed = seed });
                }

                return true;
            },
            cancellationToken
        );
        return account;
    }

    /// <summary>Forgets an account that is deleted.</summary>
    public void Forget(string sid) => known.TryRemove(sid, out _);

    private async Task<AccountOptions?> ReadAsync(string sid, string? token, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var stored = await db.Set<Account>()
            .Where(a => a.Sid == sid)
            .Select(a => a.AuthToken)
            .FirstOrDefaultAsync(cancellationToken);
        if (stored is null && directory.TakesAny && IsWellFormed(token))
        {
            stored = await StoreAsync(new AccountOptions { Sid = sid, AuthToken = token! }, cancellationToken);
        }

        if (stored is null)
        {
            Forget(sid);
            return null;
        }

        return Remember(new AccountOptions { Sid = sid, AuthToken = stored });
    }

    private static bool IsWellFormed(string? token) =>
        token is { Length: > 0 and <= AccountRegistration.LongestSecret } && !token.Any(char.IsControl);

    private async Task<string> StoreAsync(AccountOptions account, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccountSetup>().StoreAsync(account, cancellationToken);
    }

    private AccountOptions Remember(AccountOptions account)
    {
        if (known.Count >= MaxKnown)
        {
            known.Clear();
        }

        known[account.Sid] = (account, clock.GetTimestamp());
        return account;
    }
}
