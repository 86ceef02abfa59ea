using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Conversations.Api.Data;

namespace Conversations.Api.Accounts;

/// <summary>
/// The accounts that the server serves: those of the configuration, those added while it runs, and in Development those
/// that are stored in the database. The directory compares hashes of the passwords in constant time.
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

    /// <summary>Whether any SID and token are an account from their first request on.</summary>
    public bool TakesAny { get; init; }

    /// <summary>
    /// Whether everybody knows valid credentials: an account of the configuration has the built-in account's token, or
    /// any credentials are valid.
    /// </summary>
    public bool HasPublicCredentials =>
        TakesAny || Configured.Any(account => account.AuthToken == AccountOptions.BuiltIn.AuthToken);

    /// <summary>
    /// Finds an account that this process does not know. The parameters are the SID and the token of the request; the
    /// token is null for a search that no request made. Null in a server without such accounts.
    /// </summary>
    public Func<string, string?, CancellationToken, ValueTask<AccountOptions?>>? Stored { get; set; }

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

    /// <returns>The account with the SID, unless it is a stored one; null when there is none.</returns>
    public AccountOptions? Find(string accountSid) => accounts.GetValueOrDefault(accountSid);

    /// <returns>The account with the SID; null when there is none.</returns>
    public ValueTask<AccountOptions?> FindAsync(string accountSid, CancellationToken cancellationToken) =>
        Find(accountSid) is { } known ? new(known)
        : Stored is null ? default
        : Stored(accountSid, null, cancellationToken);

    /// <param name="user">An AccountSid or the SID of an API key.</param>
    /// <returns>The account; null when user and password are not valid credentials.</returns>
    public ValueTask<AccountOptions?> AuthenticateAsync(
        string user,
        string password,
        CancellationToken cancellationToken
    )
    {
        var known = users.TryGetValue(user, out var entry);
        if (!known && Stored is not null && Sids.Is("AC", user))
        {
            return AuthenticateStoredAsync(Stored(user, password, cancellationToken), password);
        }

        var same = CryptographicOperations.FixedTimeEquals(Hash(password), known ? entry.Hash : UnknownUser);
        return new(known && same ? entry.Account : null);
    }

    private static async ValueTask<AccountOptions?> AuthenticateStoredAsync(
        ValueTask<AccountOptions?> finding,
        string password
    )
    {
        var account = await finding;
        var hash = account is null ? UnknownUser : Hash(account.AuthToken);
        return CryptographicOperations.FixedTimeEquals(Hash(password), hash) ? account : null;
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
