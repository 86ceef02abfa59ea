using System.Collections.Concurrent;
using System.Collections.Immutable;
using Conversations.Api.Conversations;

namespace Conversations.Faults;

/// <summary>What a client knows after a write.</summary>
internal enum Outcome
{
    /// <summary>2xx: the write is stored and stays stored.</summary>
    Done,

    /// <summary>4xx: a rule refused the write, and no part of it is stored.</summary>
    Refused,

    /// <summary>503 or no answer: the write is stored completely or not at all.</summary>
    Unknown,
}

/// <summary>
/// The answers that the clients received. Clients name everything that they create: a conversation by its unique name,
/// a participant by that name and its identity or address. So the ledger knows the possible states of each row even
/// without an answer. Only one writer uses a name.
/// </summary>
internal sealed class Ledger
{
    public const string Absent = "absent";

    private static readonly ImmutableHashSet<string> Nothing = [Absent];

    private readonly ConcurrentDictionary<string, ImmutableHashSet<string>> states = new();

    private int[] counts = new int[3];

    /// <summary>The number of names in the ledger.</summary>
    public int Names => states.Count;

    public int Count(Outcome outcome) => counts[(int)outcome];

    /// <summary>Notes a write that should bring the row of that name into that state.</summary>
    public void Note(string name, string state, Outcome outcome)
    {
        Interlocked.Increment(ref counts[(int)outcome]);
        Set(name, state, outcome);
    }

    /// <summary>Notes that a conversation and its participants should be deleted.</summary>
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

    /// <summary>The differences between the database and the clients' answers.</summary>
    public IReadOnlyList<string> Differences(Snapshot rows)
    {
        var conversations = rows.Conversations.ToDictionary(c => c.Sid);
        var actual = rows
            // The server creates this one.
            .Conversations.Where(c => c.UniqueName != StarterConversation.UniqueName)
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
                    $"{s.Key} is {actual.GetValueOrDefault(s.Key, Absent)}, and clients were told "
                    + $"{string.Join(" or ", s.Value)}"
                ),
            .. actual
                .Where(a => !states.ContainsKey(a.Key))
                .Select(a => $"{a.Key} is there, and no client asked for it"),
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
