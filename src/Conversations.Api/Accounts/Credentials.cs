using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Conversations.Api.Accounts;

/// <summary>Who may in: every account's AuthToken and API keys, kept as hashes and compared in constant time.</summary>
public sealed class Credentials
{
    // What an unknown user's password is compared with, so that the answer takes as long as for a known one.
    private static readonly byte[] UnknownUser = new byte[SHA256.HashSizeInBytes];

    private readonly FrozenDictionary<string, (AccountOptions Account, byte[] Hash)> users;

    public Credentials(IReadOnlyList<AccountOptions> accounts)
    {
        users = accounts
            .SelectMany(account =>
                (account.ApiKeys ?? [])
                    .Select(key => (User: key.Sid, Password: key.Secret))
                    .Prepend((User: account.Sid, Password: account.AuthToken))
                    .Select(pair => KeyValuePair.Create(pair.User, (account, Hash(pair.Password))))
            )
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <param name="user">An AccountSid or the SID of an API key.</param>
    /// <returns>The account; null when the pair is not one of its credentials.</returns>
    public AccountOptions? Find(string user, string password)
    {
        var known = users.TryGetValue(user, out var entry);
        var same = CryptographicOperations.FixedTimeEquals(Hash(password), known ? entry.Hash : UnknownUser);
        return known && same ? entry.Account : null;
    }

    private static byte[] Hash(string password) => SHA256.HashData(Encoding.UTF8.GetBytes(password));
}
