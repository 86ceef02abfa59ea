using System.Collections.Concurrent;
using System.Collections.Immutable;
using Conversations.Api.OpenApi;

namespace Conversations.Faults;

/// <summary>What a client knows after a write.</summary>
internal enum Outcome
{
    /// <summary>2xx: it is done, and stays done.</summary>
    Done,

    /// <summary>4xx: a rule refused it, and nothing of it is there.</summary>
    Refused,

    /// <summary>503, or no answer: it is there as a whole, or not at all.</summary>
    Unknown,
}

/// <summary>
/// What the clients were told. They name all they make (a conversation by its unique name, a participant by that and its identity or address), so
/// that the ledger knows of each thing which states it may be in, even if no answer ever came. A name has one writer.
/// </summary>
internal sealed class Ledger
{
    public const string Absent = "absent";

    private static readonly ImmutableHashSet<string> Nothing = [Absent];

    private readonly ConcurrentDictionary<string, ImmutableHashSet<string>> states = new();

    private int[] counts = new int[3];

    /// <summary>Names noted.</summary>
    public int Names => states.Count;

    public int Count(Outcome outcome) => counts[(int)outcome];

    /// <summary>Notes a write that was to bring what has that name into that state.</summary>
    public void Note(string name, string state, Outcome outcome)
    {
        Interlocked.Increment(ref counts[(int)outcome]);
        Set(name, state, outcome);
    }

    /// <summary>Notes that a conversation was to be deleted, and its participants with it.</summary>
    public void NoteDeleted(string name, Outcome outcome)
    {
        Interlocked.Increment(ref counts[(int)outcome]);
        foreach (
            var each in states.Keys.Where(key => key == name || key.StartsWith($"{name}/", StringComparison.Ordinal))
        )
        {
            Set(each, Absent, outcome);
        }
    }

    /// <summary>Where the database differs from what the clients were told; empty when it does not.</summary>
    public IReadOnlyList<string> Differences(Snapshot rows)
    {
        var conversations = rows.Conversations.ToDictionary(c => c.Sid);
        var actual = rows
            .Conversations.Where(c => c.UniqueName != ExampleRows.ConversationUniqueName) // The server's own.
            .Select(c => KeyValuePair.Create(c.UniqueName ?? c.Sid, c.State))
            .Concat(
                rows.Participants.Select(p =>
                    KeyValuePair.Create(
                        $"{conversations[p.ConversationSid].UniqueName}/{p.Identity ?? p.Address}",
                        p.Attributes
                    )
                )
            )
            .ToDictionary();
        return
        [
            .. states
                .Where(s => !s.Value.Contains(actual.GetValueOrDefault(s.Key, Absent)))
                .Select(s =>
                    $"{s.Key} is {actual.GetValueOrDefault(s.Key, Absent)}, and clients were told {string.Join(" or ", s.Value)}"
                ),
            .. actual.Where(a => !states.ContainsKey(a.Key)).Select(a => $"{a.Key} is there, and nobody asked for it"),
        ];
    }

    private void Set(string name, string state, Outcome outcome) =>
        states[name] = (states.GetValueOrDefault(name, Nothing), outcome) switch
        {
            (_, Outcome.Done) => [state],
            (var before, Outcome.Refused) => before,
            var (before, _) => before.Add(state),
        };
}
