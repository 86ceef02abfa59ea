using System.Collections.Concurrent;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Control;

/// <summary>
/// The latest requests and deliveries of each account, in the memory of this process. Nothing of it is stored or in the
/// log, because it has personal data.
/// </summary>
public sealed class Journal(TimeProvider clock) : IWebhookObserver
{
    private const int MaxAccounts = 10_000;

    // What an entry takes besides its texts, and a text besides its characters.
    private const int EntryBytes = 1000;

    private const int TextBytes = 50;

    private const int MaxTries = 20;

    // Of all accounts together: 64 MB, or less on a small machine or in a small container.
    private static readonly long MaxBytes = Math.Min(64 << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16);

    private readonly ConcurrentDictionary<string, OfAccount> accounts = new();

    // Greater than all of an earlier process.
    private long cursor = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    public Ring<RequestEntry> RequestsOf(string accountSid) => Of(accountSid).Requests;

    public Ring<DeliveryEntry> DeliveriesOf(string accountSid) => Of(accountSid).Deliveries;

    public void Add(string accountSid, RequestEntry entry)
    {
        Touch(accountSid).Requests.Add(_ => entry with { Cursor = Interlocked.Increment(ref cursor) });
        Shrink();
    }

    public void Called(WebhookCall sent)
    {
        Touch(sent.AccountSid)
            .Deliveries.Add(
                earlier =>
                {
                    WebhookCall[] tries = [.. (earlier?.Tries ?? []).TakeLast(MaxTries - 1), sent];
                    return new DeliveryEntry(sent.EventId, tries)
                    {
                        Cursor = Interlocked.Increment(ref cursor),
                        Size = tries.Sum(SizeOf),
                    };
                },
                entry => entry.Id == sent.EventId
            );
        Shrink();
    }

    /// <summary>A call of /control has changed the account. The page of its console hears of it.</summary>
    public void Change(string accountSid)
    {
        if (accounts.TryGetValue(accountSid, out var account))
        {
            account.Requests.Change(() => Interlocked.Increment(ref cursor));
        }
    }

    /// <summary>Forgets all entries of the account.</summary>
    public void Clear(string accountSid)
    {
        if (accounts.TryGetValue(accountSid, out var account))
        {
            account.Clear();
        }
    }

    /// <summary>Forgets an account that is deleted.</summary>
    public void Forget(string accountSid) => accounts.TryRemove(accountSid, out _);

    /// <summary>The memory of texts, in bytes.</summary>
    public static int SizeOf(params IEnumerable<string?> texts) =>
        EntryBytes + texts.Sum(text => TextBytes + (sizeof(char) * (text?.Length ?? 0)));

    private static int SizeOf(WebhookCall call) =>
        SizeOf([
            call.Url,
            call.CalledUrl,
            call.Signature,
            call.Answer.Body,
            .. call.Form.SelectMany(pair => new[] { pair.Key, pair.Value }),
        ]);

    private OfAccount Of(string accountSid) => accounts.GetOrAdd(accountSid, _ => new());

    private OfAccount Touch(string accountSid)
    {
        var account = Of(accountSid);
        account.Touched = clock.GetTimestamp();
        return account;
    }

    // The accounts that were silent the longest lose their entries.
    private void Shrink()
    {
        // Once in a while: it looks at all accounts.
        if (Interlocked.Read(ref cursor) % 64 != 0)
        {
            return;
        }

        var total = accounts.Values.Sum(account => (long)account.Size);
        if (total <= MaxBytes && accounts.Count <= MaxAccounts)
        {
            return;
        }

        // The dictionary's own ToArray locks it. OrderBy alone would fail beside a new account.
        foreach (var (sid, account) in accounts.ToArray().OrderBy(pair => pair.Value.Touched))
        {
            if (accounts.Count > MaxAccounts)
            {
                Forget(sid);
            }
            else if (total <= MaxBytes)
            {
                return;
            }

            total -= account.Size;
            account.Clear();
        }
    }

    private sealed class OfAccount
    {
        public Ring<RequestEntry> Requests { get; } = new();

        public Ring<DeliveryEntry> Deliveries { get; } = new();

        public long Touched { get; set; }

        public int Size => Requests.Size + Deliveries.Size;

        public void Clear()
        {
            Requests.Clear();
            Deliveries.Clear();
        }
    }
}
