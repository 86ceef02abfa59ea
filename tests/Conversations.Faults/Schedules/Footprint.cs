namespace Conversations.Faults.Schedules;

/// <summary>The tables that a statement touches, and how. See <see cref="Schema.FootprintOf"/>.</summary>
internal sealed class Footprint
{
    internal const int LeastConflict = (int)LockMode.Key + (int)LockMode.Delete;

    /// <summary>
    /// The tables whose committed rows it reads. What others write in open transactions is invisible.
    /// </summary>
    public HashSet<string> Reads { get; init; } = [];

    /// <summary>
    /// The tables whose rows a check reads. After it the request takes the date of its update, and of two dates the
    /// later one counts. So the order of two checks of one row has an effect.
    /// </summary>
    public HashSet<string> Checks { get; init; } = [];

    /// <summary>The tables in which it locks rows, each with the strongest mode.</summary>
    public Dictionary<string, LockMode> Locks { get; init; } = [];

    /// <summary>The locks that it releases: those of its transaction.</summary>
    public Dictionary<string, LockMode> Frees { get; init; } = [];

    /// <summary>The tables in which it makes rows visible to others: those that its transaction wrote.</summary>
    public HashSet<string> Publishes { get; init; } = [];

    /// <summary>Whether its text is of no known kind, so that it depends on every other statement.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>
    /// Whether the order of both statements has no effect on them, on what follows, and on a reader after an answer.
    /// </summary>
    public bool IsIndependentOf(Footprint other) =>
        !IsUnknown
        && !other.IsUnknown
        && (Publishes.Count == 0 || other.Publishes.Count == 0)
        && !Checks.Overlaps(other.Checks)
        && !Shows(this, other)
        && !Shows(other, this)
        && !Meet(Locks, other.Locks)
        && !Meet(Locks, other.Frees)
        && !Meet(Frees, other.Locks);

    /// <summary>Adds a lock; of two modes the stronger one stays.</summary>
    public static void Add(Dictionary<string, LockMode> locks, string table, LockMode mode) =>
        locks[table] = locks.TryGetValue(table, out var present) && present > mode ? present : mode;

    private static bool Shows(Footprint first, Footprint second) =>
        first.Publishes.Any(table => second.Reads.Contains(table) || second.Locks.ContainsKey(table));

    private static bool Meet(Dictionary<string, LockMode> some, Dictionary<string, LockMode> others) =>
        some.Any(taken =>
            others.TryGetValue(taken.Key, out var other) && (int)taken.Value + (int)other >= LeastConflict
        );
}
