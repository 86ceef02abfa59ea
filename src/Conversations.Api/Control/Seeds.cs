using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// Accounts with a seed: the same sequence of requests gives the same SIDs, on any server. The database counts their
/// requests.
/// </summary>
public sealed class Seeds(IServiceScopeFactory scopes)
{
    // Their SIDs are known by their first digits, so requests of other accounts read nothing.
    private const string Prefix = "AC5eed";

    private const int SidBytes = 14;

    /// <summary>
    /// The clock while the rows are made that an account has from the start. They are the same each time, too.
    /// </summary>
    public static MovedClock FirstClock { get; } = MovedClock.At(new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private const int TokenBytes = 16;

    /// <summary>The account of a seed. SIDs and the signatures of webhooks follow from the seed, too.</summary>
    public static AccountOptions AccountOf(long seed) =>
        new()
        {
            Sid = Prefix + SidSequence.Digits(seed, "account", SidBytes),
            AuthToken = SidSequence.Digits(seed, "token", TokenBytes),
        };

    /// <summary>The SIDs of the next request; null for an account without a seed.</summary>
    public ValueTask<SidSequence?> NextSidsAsync(string accountSid, CancellationToken cancellationToken) =>
        accountSid.StartsWith(Prefix, StringComparison.Ordinal)
            ? new(CountAsync(accountSid, cancellationToken))
            : default;

    /// <summary>Begins the sequence of an account anew, in the caller's transaction.</summary>
    /// <returns>The SIDs of the rows that the account has from the start; null for an account without a seed.</returns>
    public static async Task<SidSequence?> RestartAsync(
        ConversationsDbContext db,
        string accountSid,
        CancellationToken cancellationToken
    ) =>
        await SetAsync(db, accountSid, _ => 0, cancellationToken) is { } stored
            ? new SidSequence(stored.Seed, stored.Requests)
            : null;

    /// <summary>Makes the next request's SIDs differ from those of a document, in the caller's transaction.</summary>
    public static Task ContinueAfterAsync(
        ConversationsDbContext db,
        string accountSid,
        IEnumerable<string> sids,
        CancellationToken cancellationToken
    )
    {
        var last = sids.Select(SidSequence.RequestOf).DefaultIfEmpty().Max();
        return SetAsync(db, accountSid, requests => Math.Max(requests, last), cancellationToken);
    }

    private async Task<SidSequence?> CountAsync(string accountSid, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var stored = await db.InTransactionAsync(
            () => SetAsync(db, accountSid, requests => requests + 1, cancellationToken),
            cancellationToken
        );
        return stored is null ? null : new(stored.Seed, stored.Requests);
    }

    // The first update locks the row.
    private static async Task<StoredSeed?> SetAsync(
        ConversationsDbContext db,
        string accountSid,
        Func<long, long> next,
        CancellationToken cancellationToken
    )
    {
        var row = db.Set<StoredSeed>().Where(s => s.AccountSid == accountSid);
        await row.ExecuteUpdateAsync(s => s.SetProperty(r => r.Requests, r => r.Requests), cancellationToken);
        if (await row.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } stored)
        {
            return null;
        }

        stored.Requests = next(stored.Requests);
        await row.ExecuteUpdateAsync(s => s.SetProperty(r => r.Requests, stored.Requests), cancellationToken);
        return stored;
    }
}
