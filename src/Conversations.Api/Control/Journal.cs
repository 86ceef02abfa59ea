using System.Collections.Concurrent;
using Conversations.Api.Webhooks;

namespace Conversations.Api.Control;

/// <summary>
/// The latest requests and deliveries of each account, in the memory of this process. Nothing of it is stored or in the
/// log, because it has personal data.
/// </summary>
public sealed class Journal(TimeProvider clock) : IWebhookObserver
{
    // Of all accounts together. Beyond it the account that was silent the longest loses its entries.
    private const long MaxBytes = 64 << 20;

    // What an entry takes besides its texts.
    private const int EntryBytes = 1000;

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
                earlier => new DeliveryEntry(sent.EventId, [.. earlier?.Tries ?? [], sent])
                {
                    Cursor = Interlocked.Increment(ref cursor),
                    Size = (earlier?.Size ?? 0) + SizeOf(sent),
                },
                entry => entry.Id == sent.EventId
            );
        Shrink();
    }

    /// <summary>Forgets all entries of the account.</summary>
    public void Forget(string accountSid) => accounts.TryRemove(accountSid, out _);

    /// <summary>The memory of texts, in bytes.</summary>
    public static int SizeOf(params IEnumerable<string?> texts) =>
        EntryBytes + texts.Sum(text => sizeof(char) * (text?.Length ?? 0));

    private static int SizeOf(WebhookCall call) =>
        SizeOf([call.Url, call.Answer.Body, .. call.Form.SelectMany(pair => new[] { pair.Key, pair.Value })]);

    private OfAccount Of(string accountSid) => accounts.GetOrAdd(accountSid, _ => new());

    private OfAccount Touch(string accountSid)
    {
        var account = Of(accountSid);
        account.Touched = clock.GetTimestamp();
        return account;
    }

    private void Shrink()
    {
        // Once in a while: it looks at all accounts.
        if (Interlocked.Read(ref cursor) % 64 != 0)
        {
            return;
        }

        while (accounts.Count > 1 && accounts.Values.Sum(one => (long)one.Size) > MaxBytes)
        {
            accounts.TryRemove(accounts.MinBy(pair => pair.Value.Touched).Key, out _);
        }
    }

    private sealed class OfAccount
    {
        public Ring<RequestEntry> Requests { get; } = new();

        public Ring<DeliveryEntry> Deliveries { get; } = new();

        public long Touched { get; set; }

        public int Size => Requests.Size + Deliveries.Size;
    }
}
