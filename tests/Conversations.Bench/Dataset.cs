using System.Globalization;

namespace Conversations.Bench;

/// <summary>
/// The loaded data as arithmetic: the SIDs and names of a row follow from its number, so the load generator knows all
/// rows without a query. One account has <paramref name="Rows"/> participants in a hundredth as many conversations:
/// some full ones, some with one free place, most with 101 participants, some with one, and a pool of empty ones in
/// which the bench creates participants.
/// </summary>
internal sealed record Dataset(int Rows)
{
    public const string AccountSid = "AC00000000000000000000000000000002";
    public const string AuthToken = "TokenOfTheBenchmark0000000000002";
    public const string ChatServiceSid = "IS00000000000000000000000000000002";
    public const string ProxyAddress = "+15017122661";
    public const int FullSize = 1000;
    public const int NearlyFullSize = 999;
    public const int RegularSize = 101;
    public const int PoolCount = 20_000;

    /// <summary>The messages of each regular conversation.</summary>
    public const int RegularMessages = 60;

    // Every third of a conversation's first 120 participants has a binding: 40 of them, which leaves room up to the
    // limit of 50.
    private const int MostBound = 40;

    /// <summary>The ticks in the first SID of each kind. SIDs that the server creates are later.</summary>
    public static readonly long FirstTicks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>The ticks in the SIDs of participants that are created to be deleted.</summary>
    public static readonly long StockTicks = FirstTicks + (TimeSpan.TicksPerDay * 30);

    public int FullCount { get; } = Math.Max(1, Rows / 10_000);

    public int NearlyFullCount { get; } = Math.Max(2, Rows / 10_000);

    /// <summary>The messages of the first full conversation.</summary>
    public int ManyMessages => Rows / 2;

    /// <summary>The conversation with many messages.</summary>
    public string LongConversationSid => Sid("CH", Full.First);

    public int UserCount { get; } = Math.Min(Rows, 1_000_000);

    // The participants left for regular conversations, after one for each single conversation.
    private int Extra =>
        Rows
        - (FullCount * FullSize)
        - (NearlyFullCount * NearlyFullSize)
        - ((Rows / 100) - FullCount - NearlyFullCount);

    public int RegularCount => Extra / (RegularSize - 1);

    public int SingleCount => (Rows / 100) - FullCount - NearlyFullCount - RegularCount - 1;

    /// <summary>
    /// The runs of conversations of one size, in order: full, nearly full, regular, one of the remaining size, single,
    /// empty.
    /// </summary>
    public IReadOnlyList<Run> Runs =>
        field ??= [
            .. RunsOf([
                (FullCount, FullSize),
                (NearlyFullCount, NearlyFullSize),
                (RegularCount, RegularSize),
                (1, 1 + (Extra % (RegularSize - 1))),
                (SingleCount, 1),
                (PoolCount, 0),
            ]),
        ];

    public Run Full => Runs[0];

    public Run NearlyFull => Runs[1];

    public Run Regular => Runs[2];

    public Run Single => Runs[4];

    public Run Pool => Runs[5];

    public static string Sid(string prefix, long number) => Sid(prefix, FirstTicks, number);

    public static string Sid(string prefix, long ticks, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{ticks + number:x16}{number:x16}");

    public static string Identity(long user) => string.Create(CultureInfo.InvariantCulture, $"user-{user:D7}");

    /// <summary>One of the eight million numbers of New Jersey's area code 201, all of which are valid.</summary>
    public static string Address(long participant) =>
        string.Create(CultureInfo.InvariantCulture, $"+1{2_012_000_000 + (participant % 8_000_000)}");

    public static bool IsBound(int place) => place % 3 == 2 && place < MostBound * 3;

    /// <summary>The number of bound participants among a conversation's first <paramref name="places"/>.</summary>
    public static int BoundAmong(int places) => Math.Min(places / 3, MostBound);

    /// <summary>The user of a chat participant, by its conversation and its position there.</summary>
    public int UserOf(Run run, int conversation, int place) =>
        (int)((run.FirstChat + ((long)(conversation - run.First) * run.Chats) + place - BoundAmong(place)) % UserCount);

    private static IEnumerable<Run> RunsOf((int Count, int Size)[] runs)
    {
        Run last = new(0, 0, 0, 0, 0);
        foreach (var (count, size) in runs)
        {
            yield return last = new(
                last.First + last.Count,
                count,
                size,
                last.FirstParticipant + ((long)last.Count * last.Size),
                last.FirstChat + ((long)last.Count * last.Chats)
            );
        }
    }

    /// <param name="First">The number of the first conversation.</param>
    /// <param name="Count">The number of conversations.</param>
    /// <param name="Size">The number of participants of each conversation.</param>
    /// <param name="FirstChat">The number of chat participants in earlier runs.</param>
    internal sealed record Run(int First, int Count, int Size, long FirstParticipant, long FirstChat)
    {
        public int Chats => Size - BoundAmong(Size);

        public long ParticipantOf(int conversation, int place) =>
            FirstParticipant + ((long)(conversation - First) * Size) + place;
    }
}
