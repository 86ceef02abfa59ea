namespace Conversations.Api.Webhooks;

/// <summary>
/// The queues that this process sends at the same time. An account holds at most as many slots as are free, and a
/// receiver at most half as many. So a silent receiver never takes the last slots: the more accounts have one, the
/// fewer each of them holds.
/// </summary>
public sealed class WebhookSlots
{
    // A slow receiver occupies a slot for some seconds.
    private const int Max = 256;

    private readonly Lock turn = new();

    private readonly Dictionary<string, int> taken = [];

    private int free = Max;

    /// <summary>Whether the account can have another slot, for some receiver.</summary>
    public bool HasFree(string accountSid)
    {
        lock (turn)
        {
            return taken.GetValueOrDefault(accountSid) < free;
        }
    }

    /// <summary>Takes a slot.</summary>
    /// <returns>False when the account or the receiver has its share.</returns>
    public bool TryTake(string accountSid, string url)
    {
        var receiver = ReceiverOf(url);
        lock (turn)
        {
            if (taken.GetValueOrDefault(accountSid) >= free || taken.GetValueOrDefault(receiver) >= (free + 1) / 2)
            {
                return false;
            }

            Add(accountSid, 1);
            Add(receiver, 1);
            free--;
            return true;
        }
    }

    public void Release(string accountSid, string url)
    {
        lock (turn)
        {
            Add(accountSid, -1);
            Add(ReceiverOf(url), -1);
            free++;
        }
    }

    private void Add(string holder, int count)
    {
        if ((taken[holder] = taken.GetValueOrDefault(holder) + count) == 0)
        {
            taken.Remove(holder);
        }
    }

    // A URL that no request can be made of is its own receiver.
    private static string ReceiverOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : url;
}
