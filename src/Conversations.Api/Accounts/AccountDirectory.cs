using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Conversations.Api.Accounts;

/// <summary>
/// The accounts that the server serves: those of the configuration, and those added while it runs. The directory stores
/// hashes of the passwords and compares them in constant time.
/// </summary>
public sealed class AccountDirectory
{
    // Compared with the password of an unknown user, so that the answer takes as long as for a known one.
    private static readonly byte[] UnknownUser = new byte[SHA256.HashSizeInBytes];

    private readonly ConcurrentDictionary<string, AccountOptions> accounts = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, (AccountOptions Account, byte[] Hash)> users = new(
        StringComparer.Ordinal
    );

    /// <param name="configured">The accounts of the configuration, in its order.</param>
    public AccountDirectory(IReadOnlyList<AccountOptions> configured)
    {
        Configured = configured;
        foreach (var account in configured)
        {
            Add(account);
        }
    }

    /// <summary>The accounts of the configuration, in its order.</summary>
    public IReadOnlyList<AccountOptions> Configured { get; }

    /// <summary>
    /// Whether the built-in account is the only account of the configuration. Its token is in the README, so it may be
    /// shown.
    /// </summary>
    public bool IsBuiltInAlone => Configured is [var only] && only == AccountOptions.BuiltIn;

    /// <summary>Whether an account of the configuration has the built-in account's token, which is public.</summary>
    public bool HasBuiltIn => Configured.Any(account => account.AuthToken == AccountOptions.BuiltIn.AuthToken);

    /// <summary>Adds an account, whose credentials are then accepted. <c>AccountSetup</c> adds its rows.</summary>
    /// <exception cref="ArgumentException">Another account or API key has the same SID.</exception>
    public void Add(AccountOptions account)
    {
        Add(account, account.Sid, account.AuthToken);
        accounts[account.Sid] = account;
        foreach (var key in account.ApiKeys ?? [])
        {
            Add(account, key.Sid, key.Secret);
        }
    }

    /// <returns>The account with the SID; null when there is none.</returns>
    public AccountOptions? Find(string accountSid) => accounts.GetValueOrDefault(accountSid);

    /// <param name="user">An AccountSid or the SID of an API key.</param>
    /// <returns>The account; null when user and password are not valid credentials.</returns>
    public AccountOptions? Authenticate(string user, string password)
    {
        var known = users.TryGetValue(user, out var entry);
        var same = CryptographicOperations.FixedTimeEquals(Hash(password), known ? entry.Hash : UnknownUser);
        return known && same ? entry.Account : null;
    }

    private void Add(AccountOptions account, string user, string password)
    {
        if (!users.TryAdd(user, (account, Hash(password))))
        {
            throw new ArgumentException($"{user} is the SID of another account or API key.", nameof(account));
        }
    }

    private static byte[] Hash(string password) => SHA256.HashData(Encoding.UTF8.GetBytes(password));
}
