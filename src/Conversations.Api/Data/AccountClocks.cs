using System.Collections.Concurrent;
using System.Diagnostics;

namespace Conversations.Api.Data;

/// <summary>
/// The moved clocks of all accounts, in memory: none, unless a test has moved one. A worker first looks for the due
/// rows of all other accounts, by the database's time, and then for those of each account with a moved clock that is in
/// use, by its own time.
/// </summary>
public sealed class AccountClocks
{
    // An account that nobody uses for longer costs the workers nothing. What becomes due waits for its next request.
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> moved = new(StringComparer.Ordinal);

    /// <summary>
    /// The SIDs of the next request of an account; null for an account without a seed. Null in a server without such
    /// accounts.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<SidSequence?>>? NextSids { get; set; }

    private int changes;

    /// <summary>How often this process has changed a clock.</summary>
    public int Changes => Volatile.Read(ref changes);

    /// <summary>The accounts with a moved clock that had a request in the last minute.</summary>
    public IReadOnlyList<string> InUse =>
        moved.IsEmpty
            ? []
            : [.. moved.Where(pair => Stopwatch.GetElapsedTime(pair.Value.Used) < MaxPause).Select(pair => pair.Key)];

    /// <summary>The accounts with a moved clock; null when there are none.</summary>
    public IReadOnlyList<string>? Moved => moved.IsEmpty ? null : [.. moved.Keys];

    /// <returns>Null for real time.</returns>
    public MovedClock? Find(string accountSid) => moved.TryGetValue(accountSid, out var entry) ? entry.Clock : null;

    /// <summary>The same for a request of the account.</summary>
    public MovedClock? Use(string accountSid)
    {
        if (!moved.TryGetValue(accountSid, out var entry))
        {
            return null;
        }

        moved.TryUpdate(accountSid, entry with { Used = Stopwatch.GetTimestamp() }, entry);
        return entry.Clock;
    }

    /// <param name="clock">Null for real time.</param>
    public void Set(string accountSid, MovedClock? clock)
    {
        Interlocked.Increment(ref changes);
        if (clock is null)
        {
            moved.TryRemove(accountSid, out _);
        }
        else
        {
            moved[accountSid] = Entry.Of(clock);
        }
    }

    /// <summary>
    /// Takes over what the database says, unless this process has changed a clock since. An account that was not known
    /// counts as in use.
    /// </summary>
    /// <param name="seen">The value of <see cref="Changes"/> before the database was asked.</param>
    public void Replace(IReadOnlyDictionary<string, MovedClock> stored, int seen)
    {
        if (seen != Changes)
        {
            return;
        }

        foreach (var gone in moved.Keys.Where(sid => !stored.ContainsKey(sid)))
        {
            moved.TryRemove(gone, out _);
        }

        foreach (var (sid, clock) in stored)
        {
            moved.AddOrUpdate(sid, _ => Entry.Of(clock), (_, known) => known.Clock == clock ? known : Entry.Of(clock));
        }
    }

    /// <summary>The rows of one account, or of all accounts without a moved clock.</summary>
    /// <param name="accountSid">Null for all accounts without a moved clock.</param>
    public IQueryable<T> RowsOf<T>(IQueryable<T> rows, string? accountSid)
        where T : Resource =>
        accountSid is not null ? rows.Where(r => r.AccountSid == accountSid)
        : Moved is { } others ? rows.Where(r => !others.Contains(r.AccountSid))
        : rows;

    private sealed record Entry(MovedClock Clock, long Used)
    {
        public static Entry Of(MovedClock clock) => new(clock, Stopwatch.GetTimestamp());
    }
}
