using System.Collections.Frozen;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// The rules of faults of each account, and the counts of their matches and hits. A rule applies on all servers of the
/// database, on the others after a second at most.
/// <list type="number">
/// <item>A process reads once a second of use which accounts have rules. Nothing else is read for the others.</item>
/// <item>The rules of an account are looked at in the order of their creation. Each that matches counts the match by an
/// UPDATE, whose result is the number of this match: two requests never have the same number.</item>
/// <item>The number decides whether the rule hits, in the transaction of the UPDATE. So the count of hits is exact.</item>
/// <item>The first rule that hits is applied. Those behind it do not count.</item>
/// </list>
/// </summary>
public sealed class FaultRules
{
    // The key of the set of accounts.
    private const string All = "";

    private static readonly Fault[] None = [];

    private readonly IServiceScopeFactory scopes;

    private readonly AccountCache<FrozenSet<string>> accounts;

    private readonly AccountCache<FrozenDictionary<FaultKind, Fault[]>> rules;

    public FaultRules(IServiceScopeFactory scopes, TimeProvider clock)
    {
        this.scopes = scopes;
        accounts = new(clock, (_, cancellationToken) => InScopeAsync(db => ReadAccountsAsync(db, cancellationToken)));
        rules = new(clock, (sid, cancellationToken) => InScopeAsync(db => ReadAsync(db, sid, cancellationToken)));
    }

    /// <summary>Makes the next request read the rules, after this server has changed them.</summary>
    public void Forget(string accountSid)
    {
        rules.Forget(accountSid);
        accounts.Forget(All);
    }

    /// <summary>The rules of one kind.</summary>
    /// <param name="db">The context of the caller's transaction; null for none.</param>
    public ValueTask<Fault[]> OfAsync(
        string accountSid,
        FaultKind kind,
        ConversationsDbContext? db,
        CancellationToken cancellationToken
    )
    {
        var reading = db is null ? accounts.GetAsync(All, cancellationToken) : AccountsAsync(db, cancellationToken);
        return !reading.IsCompletedSuccessfully
                ? new(OfAccountAsync(reading.AsTask(), accountSid, kind, db, cancellationToken))
            : reading.Result.Contains(accountSid) ? new(OfAccountAsync(accountSid, kind, db, cancellationToken))
            : new(None);
    }

    /// <summary>Counts a match of each rule until one hits (steps 2 to 4).</summary>
    /// <param name="matching">The rules that match.</param>
    /// <returns>The rule that hits; null for none.</returns>
    public async Task<Fault?> HitAsync(
        string accountSid,
        IEnumerable<Fault> matching,
        CancellationToken cancellationToken
    )
    {
        foreach (var fault in matching)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            if (
                await db.InTransactionAsync(
                    () => HitsAsync(db, accountSid, fault, cancellationToken),
                    cancellationToken
                )
            )
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Counts a match in the caller's transaction.</summary>
    /// <returns>Whether the rule hits. A rule that is deleted does not.</returns>
    public static async Task<bool> HitsAsync(
        ConversationsDbContext db,
        string accountSid,
        Fault fault,
        CancellationToken cancellationToken
    )
    {
        const string Own = "WHERE account_sid = {0} AND id = {1}";
        var counted = await db.Set<FaultRule>()
            .FromSqlRaw($"UPDATE fault_rules SET matches = matches + 1 {Own} RETURNING *", accountSid, fault.Id)
            .ToListAsync(cancellationToken);
        return counted is [var rule]
            && fault.Hits(rule.Matches)
            && (fault.Form.Times is not { } times || rule.Hits < times)
            && await db.Database.ExecuteSqlRawAsync(
                $"UPDATE fault_rules SET hits = hits + 1 {Own}",
                [accountSid, fault.Id],
                cancellationToken
            ) == 1;
    }

    // Apart from OfAsync, whose hot path would allocate the closure.
    private ValueTask<FrozenSet<string>> AccountsAsync(
        ConversationsDbContext db,
        CancellationToken cancellationToken
    ) => accounts.GetAsync(All, (_, token) => ReadAccountsAsync(db, token), cancellationToken);

    private async Task<Fault[]> OfAccountAsync(
        Task<FrozenSet<string>> reading,
        string accountSid,
        FaultKind kind,
        ConversationsDbContext? db,
        CancellationToken cancellationToken
    ) => (await reading).Contains(accountSid) ? await OfAccountAsync(accountSid, kind, db, cancellationToken) : None;

    private async Task<Fault[]> OfAccountAsync(
        string accountSid,
        FaultKind kind,
        ConversationsDbContext? db,
        CancellationToken cancellationToken
    )
    {
        var own = db is null
            ? await rules.GetAsync(accountSid, cancellationToken)
            : await rules.GetAsync(accountSid, (sid, token) => ReadAsync(db, sid, token), cancellationToken);
        return own.GetValueOrDefault(kind, None);
    }

    private async Task<T> InScopeAsync<T>(Func<ConversationsDbContext, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ConversationsDbContext>());
    }

    private static async Task<FrozenSet<string>> ReadAccountsAsync(
        ConversationsDbContext db,
        CancellationToken cancellationToken
    ) =>
        (await db.Set<FaultRule>().Select(r => r.AccountSid).Distinct().ToListAsync(cancellationToken)).ToFrozenSet(
            StringComparer.Ordinal
        );

    private static async Task<FrozenDictionary<FaultKind, Fault[]>> ReadAsync(
        ConversationsDbContext db,
        string accountSid,
        CancellationToken cancellationToken
    ) =>
        (
            await db.Set<FaultRule>()
                .Where(r => r.AccountSid == accountSid)
                .OrderBy(r => r.Id)
                .ToListAsync(cancellationToken)
        )
            .Select(rule => new Fault(rule.Id, rule.Form()))
            .GroupBy(fault => fault.Kind)
            .ToFrozenDictionary(same => same.Key, same => same.ToArray());
}
