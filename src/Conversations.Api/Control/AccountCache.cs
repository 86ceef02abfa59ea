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

    public ValueTask<T> GetAsync(string accountSid, CancellationToken cancellationToken) =>
        known.TryGetValue(accountSid, out var entry) && clock.GetElapsedTime(entry.Read) < MaxAge
            ? new(entry.Value)
            : new(ReadAsync(accountSid, cancellationToken));

    /// <summary>Makes the next request read the settings, after this server has changed them.</summary>
    public void Forget(string accountSid) => known.TryRemove(accountSid, out _);

    private async Task<T> ReadAsync(string accountSid, CancellationToken cancellationToken)
    {
        var value = await read(accountSid, cancellationToken);
        if (known.Count >= MaxKnown)
        {
            known.Clear();
        }

        known[accountSid] = (value, clock.GetTimestamp());
        return value;
    }
}
