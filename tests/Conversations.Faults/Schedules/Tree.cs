namespace Conversations.Faults.Schedules;

/// <summary>
/// All schedules of a pair, one after the other: depth first, each choice once. Of the schedules that differ only by
/// swaps of independent statements it has the one that lets the first client go first: after a statement of the second
/// client it never runs one of the first client that could have been swapped with it.
/// </summary>
internal sealed class Tree
{
    private readonly Stack<int[]> prefixes = new([
        [],
    ]);
    private int[] prefix = [];
    private List<int>? path;

    /// <returns>
    /// Makes the choices of the next schedule (see <see cref="Explorer.RunAsync"/>); null when there is none.
    /// </returns>
    public Func<bool, int>? Next()
    {
        // What the last schedule left open: at each choice after its prefix, the other one.
        for (var i = path?.Count - 1 ?? -1; i >= prefix.Length; i--)
        {
            prefixes.Push([.. path!.Take(i), 1 - path![i]]);
        }

        if (!prefixes.TryPop(out var next))
        {
            return null;
        }

        (prefix, path) = (next, []);
        return isSwap =>
        {
            if (isSwap)
            {
                return 1;
            }

            var choice = path.Count < prefix.Length ? prefix[path.Count] : 0;
            path.Add(choice);
            return choice;
        };
    }
}
