using System.Globalization;
using System.Numerics;

namespace Conversations.Faults.Races;

/// <summary>
/// Looks for an order of the requests in which the model gives exactly the answers that were seen, and in which none comes before one that was
/// answered before it was sent: linearizability, by the search of Wing and Gong, which remembers where it has been.
/// </summary>
public sealed class Order
{
    private readonly Seen[] history;
    private readonly ulong[] before;
    private readonly HashSet<(ulong, string)> visited = [];
    private (ulong Done, Model State) farthest = (0, Model.Empty);

    private Order(IReadOnlyList<Seen> seen)
    {
        history = [.. seen];
        before = [.. history.Select(later => Mask(history.Select((earlier, i) => earlier.To < later.From ? i : -1)))];
    }

    /// <returns>Null when there is such an order, else an account of how far the search came.</returns>
    public static string? Contradiction(IReadOnlyList<Seen> history)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(history.Count, 64);
        var order = new Order(history);
        return order.Exists(0, Model.Empty) ? null : order.Account();
    }

    private bool Exists(ulong done, Model state)
    {
        List<(ulong Done, Model State)> branches;
        do
        {
            // One that may come next and changes nothing may always come next: all others find what they would have found.
            branches = [];
            var settled = done;
            foreach (var i in Next(done))
            {
                var (answer, next) = state.After(history[i].Sent, history[i].NewSid);
                if (answer == history[i].Answer && ReferenceEquals(next, state))
                {
                    settled |= 1UL << i;
                }
                else if (answer == history[i].Answer)
                {
                    branches.Add((done | 1UL << i, next));
                }
            }

            if (settled == done)
            {
                break;
            }

            done = settled;
        } while (true);

        if (BitOperations.PopCount(done) > BitOperations.PopCount(farthest.Done))
        {
            farthest = (done, state);
        }

        return done == All
            || (visited.Add((done, state.Text)) && branches.Exists(branch => Exists(branch.Done, branch.State)));
    }

    private ulong All => Mask(Enumerable.Range(0, history.Length));

    private IEnumerable<int> Next(ulong done) =>
        Enumerable.Range(0, history.Length).Where(i => (done & 1UL << i) == 0 && (before[i] & ~done) == 0);

    private static ulong Mask(IEnumerable<int> bits) =>
        bits.Where(bit => bit >= 0).Aggregate(0UL, (mask, bit) => mask | 1UL << bit);

    private string Account()
    {
        var (done, state) = farthest;
        var stuck = Next(done)
            .Select(i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{history[i]}\n    where the model says {state.After(history[i].Sent, history[i].NewSid).Answer}"
                )
            );
        return $"""
            No order of these requests explains their answers:
            {string.Join('\n', history.OrderBy(seen => seen.From))}

            The longest explained so far leaves this,
            {state.Text}

            and none of these can follow:
            {string.Join('\n', stuck)}
            """;
    }
}
