using System.Collections.Frozen;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// The rules of faults of each account, and the counts of their matches and hits. A rule applies on all servers of the
/// database, on the others after a second or two.
/// <list type="number">
/// <item>A worker reads each second which accounts have rules. A request of another account reads nothing.</item>
/// <item>The rules of an account are looked at in the order of their creation. Each that matches counts the match by an
/// UPDATE, whose result is the number of this match: two requests never have the same number.</item>
/// <item>The number decides whether the rule hits, in the transaction of the UPDATE. So the count of hits is
/// exact.</item>
/// <item>The first rule that hits is applied. Those behind it do not count.</item>
/// </list>
/// </summary>
public sealed class FaultRules
{
    private static readonly Fault[] None = [];

    private readonly IServiceScopeFactory scopes;

    private readonly AccountCache<FrozenDictionary<FaultKind, Fault[]>> rules;

    private readonly Lock turn = new();

    private volatile HashSet<string> accounts = new(StringComparer.Ordinal);

    private long added;

    public FaultRules(IServiceScopeFactory scopes, TimeProvider clock)
    {
        this.scopes = scopes;
        rules = new(clock, (sid, cancellationToken) => InScopeAsync(db => ReadAsync(db, sid, cancellationToken)));
    }

    /// <summary>Makes the next request read the rules of an account that has a new one.</summary>
    public void Added(string accountSid)
    {
        lock (turn)
        {
            added++;
            accounts = new(accounts, StringComparer.Ordinal) { accountSid };
        }

        rules.Forget(accountSid);
    }

    /// <summary>Makes the next request read the rules, after this server has deleted some.</summary>
    public void Deleted(string accountSid) => rules.Forget(accountSid);

    /// <summary>Reads which accounts have rules (step 1).</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref added);
        var read = await InScopeAsync(db =>
            db.Set<FaultRule>().Select(r => r.AccountSid).Distinct().ToListAsync(cancellationToken)
        );
        lock (turn)
        {
            // What was read before a rule was added may not have its account.
            if (before == added)
            {
                accounts = read.ToHashSet(StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The rules of one kind.</summary>
    /// <param name="db">The context of the caller's transaction; null for none.</param>
    public ValueTask<Fault[]> OfAsync(
        string accountSid,
        FaultKind kind,
        ConversationsDbContext? db,
        CancellationToken cancellationToken
    ) => accounts.Contains(accountSid) ? new(OfAccountAsync(accountSid, kind, db, cancellationToken)) : new(None);

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
