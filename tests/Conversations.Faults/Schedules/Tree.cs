namespace Conversations.Faults.Schedules;

/// <summary>All schedules of a pair, one after the other: depth first, each choice once.</summary>
/// <param name="most">How many at most.</param>
internal sealed class Tree(int most)
{
    private readonly Stack<int[]> prefixes = new([
        [],
    ]);
    private int[] prefix = [];
    private List<int>? path;

    /// <returns>Makes the choices of the next schedule; null when there is none.</returns>
    public Func<int>? Next()
    {
        // What the last schedule left open: at each choice after its prefix, the other one.
        for (var i = path?.Count - 1 ?? -1; i >= prefix.Length; i--)
        {
            prefixes.Push([.. path!.Take(i), 1 - path![i]]);
        }

        if (most-- == 0 || !prefixes.TryPop(out var next))
        {
            return null;
        }

        (prefix, path) = (next, []);
        return () =>
        {
            var choice = path.Count < prefix.Length ? prefix[path.Count] : 0;
            path.Add(choice);
            return choice;
        };
    }
}
