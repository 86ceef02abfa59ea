namespace Conversations.Api.Control;

/// <summary>
/// The latest entries of one account: at most <see cref="MaxEntries"/>, and as many as fit into <see cref="MaxBytes"/>.
/// </summary>
public sealed class Ring<T>
    where T : JournalEntry
{
    public const int MaxEntries = 1000;

    /// <summary>An account has two rings, which take 8 MB together.</summary>
    public const int MaxBytes = 4 << 20;

    private readonly Lock turn = new();

    private readonly LinkedList<T> entries = [];

    private TaskCompletionSource arrived = NewSignal();

    // The cursor of the latest change of something else.
    private long changed;

    /// <summary>The memory that the entries take.</summary>
    public int Size { get; private set; }

    /// <summary>Adds an entry, or puts it in the place of an earlier one.</summary>
    /// <param name="add">Makes the entry. Its parameter is the earlier one; null for none.</param>
    /// <param name="isEarlier">Recognizes the earlier one; null when there is none.</param>
    public void Add(Func<T?, T> add, Func<T, bool>? isEarlier = null)
    {
        lock (turn)
        {
            var earlier = isEarlier is null ? null : entries.FirstOrDefault(isEarlier);
            if (earlier is not null)
            {
                entries.Remove(earlier);
                Size -= earlier.Size;
            }

            var entry = add(earlier);
            entries.AddLast(entry);
            Size += entry.Size;
            while (entries.Count > MaxEntries || (Size > MaxBytes && entries.Count > 1))
            {
                Size -= entries.First!.Value.Size;
                entries.RemoveFirst();
            }

            arrived.SetResult();
            arrived = NewSignal();
        }
    }

    /// <summary>Ends the waiting for entries or changes.</summary>
    /// <param name="next">Makes the cursor of the change.</param>
    public void Change(Func<long> next)
    {
        lock (turn)
        {
            changed = next();
            arrived.SetResult();
            arrived = NewSignal();
        }
    }

    /// <summary>Removes all entries. Who waits for one goes on waiting.</summary>
    public void Clear()
    {
        lock (turn)
        {
            entries.Clear();
            Size = 0;
        }
    }

    /// <summary>Reads entries, newest first. Without any it waits for one.</summary>
    /// <param name="since">Only entries behind this cursor.</param>
    /// <param name="wait">How long to wait at most.</param>
    /// <returns>The entries, and the cursor of the newest one that was looked at.</returns>
    public Task<(List<T> Entries, long Cursor)> ReadAsync(
        Func<T, bool> filter,
        long since,
        int limit,
        TimeSpan wait,
        CancellationToken cancellationToken
    ) => ReadUntilAsync(isOver: () => false, filter, since, limit, wait, cancellationToken);

    /// <summary>
    /// As <see cref="ReadAsync"/>, but a <see cref="Change"/> behind the cursor ends the waiting, too.
    /// </summary>
    public Task<(List<T> Entries, long Cursor)> ReadOrChangeAsync(
        Func<T, bool> filter,
        long since,
        int limit,
        TimeSpan wait,
        CancellationToken cancellationToken
    ) => ReadUntilAsync(isOver: () => changed > since, filter, since, limit, wait, cancellationToken);

    private async Task<(List<T> Entries, long Cursor)> ReadUntilAsync(
        Func<bool> isOver,
        Func<T, bool> filter,
        long since,
        int limit,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(wait);
        while (true)
        {
            List<T> found;
            long cursor;
            bool ends;
            Task next;
            lock (turn)
            {
                found = [.. entries.Reverse().TakeWhile(entry => entry.Cursor > since).Where(filter).Take(limit)];
                cursor = Math.Max(since, Math.Max(changed, entries.Last?.Value.Cursor ?? 0));
                ends = found is not [] || isOver();
                next = arrived.Task;
            }

            if (ends || timeout.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return (found, cursor);
            }

            await next.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
