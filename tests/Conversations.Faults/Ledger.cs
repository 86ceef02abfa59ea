using System.Collections.Concurrent;
using System.Collections.Immutable;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;

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
/// a participant by that name and its identity or address, a message by that name and its Attributes. So the ledger
/// knows the possible states of each row even without an answer. Only one writer uses a name.
/// </summary>
internal sealed class Ledger
{
    public const string Absent = "absent";

    private static readonly ImmutableHashSet<string> Nothing = [Absent];

    private readonly ConcurrentDictionary<string, ImmutableHashSet<string>> states = new();

    // By the name of the message.
    private readonly ConcurrentDictionary<string, long> indices = new();

    private int[] counts = new int[3];

    /// <summary>The number of names in the ledger.</summary>
    public int Names => states.Count;

    /// <summary>The number of messages that were acknowledged.</summary>
    public int Messages => indices.Count;

    public int Count(Outcome outcome) => counts[(int)outcome];

    /// <summary>Notes a write that should bring the row of that name into that state.</summary>
    public void Note(string name, string state, Outcome outcome)
    {
        Interlocked.Increment(ref counts[(int)outcome]);
        Set(name, state, outcome);
    }

    /// <summary>The Attributes of the message of that name.</summary>
    public static string MessageName(string name) => $"\"{name}\"";

    /// <summary>The state of a participant with an identity.</summary>
    /// <param name="read">The read horizon; null when it was never set.</param>
    public static string StateOf(string attributes, long? read, string notificationLevel) =>
        read is null ? attributes : $"{attributes} read {read} {notificationLevel}";

    /// <summary>Notes the index in the answer to a new message.</summary>
    public void NoteIndex(string name, long index) => indices[name] = index;

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
        var actual = rows
            // The server creates this one.
            .Conversations.Where(c => c.UniqueName != StarterConversation.UniqueName)
            .Select(c => KeyValuePair.Create(c.UniqueName ?? c.Sid, c.State))
            .Concat(
                rows.Participants.Select(p => KeyValuePair.Create(NameOf(rows, p, p.Identity ?? p.Address), StateOf(p)))
            )
            .Concat(rows.Messages.Select(m => KeyValuePair.Create(NameOf(rows, m, m.Attributes), m.Body!)))
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
            .. IndexDifferences(rows),
        ];
    }

    // Each index that a conversation has taken is that of one message: of one that is stored, or of one that was
    // acknowledged and deleted again. No client deletes a message whose SID it was not told.
    private IEnumerable<string> IndexDifferences(Snapshot rows)
    {
        var told = indices.ToLookup(message => message.Key[..message.Key.IndexOf('/')]);
        var stored = rows.Messages.ToLookup(
            m => m.ConversationSid,
            m => (Name: NameOf(rows, m, m.Attributes), m.Index)
        );
        foreach (
            var conversation in rows.Conversations.Where(c => c.UniqueName is { } name && states.ContainsKey(name))
        )
        {
            var all = told[conversation.UniqueName!]
                .Select(message => (Name: message.Key, Index: message.Value))
                .Union(stored[conversation.Sid])
                .Select(message => message.Index)
                .Order()
                .ToList();
            if (
                !all.SequenceEqual(Enumerable.Range(0, (int)conversation.NextMessageIndex).Select(index => (long)index))
            )
            {
                yield return $"{conversation.UniqueName} has taken {conversation.NextMessageIndex} indices, and its "
                    + $"messages have {string.Join(", ", all)}";
            }
        }
    }

    private static string NameOf(Snapshot rows, ConversationChild row, string? name) =>
        $"{rows.Conversation(row)!.UniqueName}/{name}";

    // The worker moves the read horizon of phones.
    private static string StateOf(Participant participant) =>
        participant.Identity is null
            ? participant.Attributes
            : StateOf(participant.Attributes, participant.LastReadMessageIndex, participant.NotificationLevel);

    private void Set(string name, string state, Outcome outcome) =>
        states[name] = (states.GetValueOrDefault(name, Nothing), outcome) switch
        {
            (_, Outcome.Done) => [state],
            (var before, Outcome.Refused) => before,
            var (before, _) => before.Add(state),
        };
}
