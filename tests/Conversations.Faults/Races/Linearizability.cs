using System.Globalization;

namespace Conversations.Faults.Races;

/// <summary>
/// Checks linearizability: searches an order of the requests in which the model gives exactly the received answers, and
/// in which a request comes after all requests that were answered before it was sent. This is the search of Wing and
/// Gong with a memory of visited states.
/// </summary>
public sealed class Linearizability
{
    private readonly Observation[] history;
    private readonly UInt128[] before;
    private readonly HashSet<(UInt128, string)> visited = [];
    private (UInt128 Done, Model State) farthest = (0, Model.Empty);

    private Linearizability(IReadOnlyList<Observation> observation)
    {
        history = [.. observation];
        before = [.. history.Select(later => Mask(history.Select((earlier, i) => earlier.To < later.From ? i : -1)))];
    }

    /// <returns>Null when there is such an order, else a description of how far the search got.</returns>
    public static string? FindViolation(IReadOnlyList<Observation> history)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(history.Count, 128);
        var order = new Linearizability(history);
        return order.Exists(0, Model.Empty) ? null : order.Account();
    }

    private bool Exists(UInt128 done, Model state)
    {
        List<(UInt128 Done, Model State)> branches;
        do
        {
            // A request that may come next and changes nothing can always come next: it does not affect any other
            // answer.
            branches = [];
            var settled = done;
            foreach (var i in Next(done))
            {
                var (answer, next) = state.After(history[i].Sent, history[i].NewSid);
                if (answer == history[i].Answer && ReferenceEquals(next, state))
                {
                    settled |= UInt128.One << i;
                }
                else if (answer == history[i].Answer)
                {
                    branches.Add((done | UInt128.One << i, next));
                }
            }

            if (settled == done)
            {
                break;
            }

            done = settled;
        } while (true);

        if (UInt128.PopCount(done) > UInt128.PopCount(farthest.Done))
        {
            farthest = (done, state);
        }

        return done == All
            || (visited.Add((done, state.Text)) && branches.Exists(branch => Exists(branch.Done, branch.State)));
    }

    private UInt128 All => Mask(Enumerable.Range(0, history.Length));

    private IEnumerable<int> Next(UInt128 done) =>
        Enumerable.Range(0, history.Length).Where(i => (done & UInt128.One << i) == 0 && (before[i] & ~done) == 0);

    private static UInt128 Mask(IEnumerable<int> bits) =>
        bits.Where(bit => bit >= 0).Aggregate(UInt128.Zero, (mask, bit) => mask | UInt128.One << bit);

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
            {string.Join('\n', history.OrderBy(observation => observation.From))}

            The longest explained so far leaves this,
            {state.Text}

            and none of these can follow:
            {string.Join('\n', stuck)}
            """;
    }
}
