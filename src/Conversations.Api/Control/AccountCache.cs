using System.Collections.Concurrent;

namespace Conversations.Api.Control;

/// <summary>
/// What this process knows of the control settings of each account. It reads them again after a second of use, because
/// another server of the database may have changed them. An account that is not in use costs nothing.
/// </summary>
/// <param name="read">Reads the settings of one account from the database.</param>
public sealed class AccountCache<T>(TimeProvider clock, Func<string, CancellationToken, Task<T>> read)
{
    private const int MaxKnown = 10_000;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (T Value, long Read)> known = new(StringComparer.Ordinal);

    private readonly Lock turn = new();

    private long forgotten;

    public ValueTask<T> GetAsync(string accountSid, CancellationToken cancellationToken) =>
        GetAsync(accountSid, read, cancellationToken);

    /// <summary>The same for a caller that reads in a transaction of its own.</summary>
    public ValueTask<T> GetAsync(
        string accountSid,
        Func<string, CancellationToken, Task<T>> readHere,
        CancellationToken cancellationToken
    ) =>
        known.TryGetValue(accountSid, out var entry) && clock.GetElapsedTime(entry.Read) < MaxAge
            ? new(entry.Value)
            : new(ReadAsync(accountSid, readHere, cancellationToken));

    /// <summary>Makes the next request read the settings, after this server has changed them.</summary>
    public void Forget(string accountSid)
    {
        lock (turn)
        {
            forgotten++;
            known.TryRemove(accountSid, out _);
        }
    }

    private async Task<T> ReadAsync(
        string accountSid,
        Func<string, CancellationToken, Task<T>> readHere,
        CancellationToken cancellationToken
    )
    {
        var (before, started) = (Interlocked.Read(ref forgotten), clock.GetTimestamp());
        var value = await readHere(accountSid, cancellationToken);
        lock (turn)
        {
            // A value that was read before a change must not outlive it.
            if (before == forgotten)
            {
                if (known.Count >= MaxKnown)
                {
                    known.Clear();
                }

                known[accountSid] = (value, started);
            }
        }

        return value;
    }
}
