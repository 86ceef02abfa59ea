using static Conversations.Bench.Dataset;

namespace Conversations.Bench;

/// <summary>One kind of request.</summary>
/// <param name="Status">The only status that is not an error.</param>
/// <param name="Write">Writes the next request.</param>
internal sealed record Operation(string Name, int Status, Action<RequestBuffer, Draw> Write)
{
    /// <summary>Whether the floor implements it.</summary>
    public bool HasFloor { get; init; }

    /// <summary>Whether it adds rows. They are removed after the contest.</summary>
    public bool Adds { get; init; }

    /// <summary>Whether it consumes rows that are created before each round.</summary>
    public bool TakesStock { get; init; }

    /// <summary>An unmeasured operation that follows each request and undoes it.</summary>
    public Operation? Undo { get; init; }

    /// <summary>Chooses another operation for each request.</summary>
    public Func<Draw, Operation>? Pick { get; init; }
}

/// <summary>All measured operations by name, for the bench and its load generator.</summary>
internal static class Operations
{
    public static readonly Operation FetchBySid = new(
        "fetch by SID",
        200,
        (request, draw) =>
        {
            var (conversation, place) = (draw.Of(draw.Dataset.Regular), draw.Below(RegularSize));
            request.Get(
                $"Conversations/{Sid("CH", conversation)}/Participants/"
                    + $"{Sid("MB", draw.Dataset.Regular.ParticipantOf(conversation, place))}"
            );
        }
    )
    {
        HasFloor = true,
    };

    public static readonly Operation FetchByIdentity = new(
        "fetch by identity",
        200,
        (request, draw) =>
        {
            var (conversation, user) = draw.Member();
            request.Get($"Conversations/{Sid("CH", conversation)}/Participants/{Identity(user)}");
        }
    )
    {
        HasFloor = true,
    };

    public static readonly Operation List = new(
        "list of 50",
        200,
        (request, draw) => request.Get($"Conversations/{Sid("CH", draw.Of(draw.Dataset.Regular))}/Participants")
    )
    {
        HasFloor = true,
    };

    public static readonly Operation ListDeep = new(
        "list of 50, 20th page",
        200,
        (request, draw) =>
        {
            var conversation = draw.Of(draw.Dataset.Full);
            var first = Sid("MB", draw.Dataset.Full.ParticipantOf(conversation, FullSize - 50));
            request.Get(
                $"Conversations/{Sid("CH", conversation)}/Participants?PageSize=50&Page=19&PageToken=PT{first}"
            );
        }
    );

    public static readonly Operation NewestMessages = new(
        "newest 50 messages",
        200,
        (request, draw) => request.Get($"Conversations/{Sid("CH", draw.Of(draw.Dataset.Regular))}/Messages?Order=desc")
    )
    {
        HasFloor = true,
    };

    public static readonly Operation NewestOfMany = new(
        "newest 50 messages of many",
        200,
        (request, draw) => request.Get($"Conversations/{draw.Dataset.LongConversationSid}/Messages?Order=desc")
    );

    public static readonly Operation Send = new(
        "send a message",
        201,
        (request, draw) => request.Post($"Conversations/{draw.NextOfPool()}/Messages", "Body=Ahoy+there%21")
    )
    {
        HasFloor = true,
        Adds = true,
    };

    public static readonly Operation ConversationsOfIdentity = new(
        "conversations of an identity",
        200,
        (request, draw) => request.Get($"ParticipantConversations?Identity={Identity(draw.Member().User)}")
    )
    {
        HasFloor = true,
    };

    public static readonly Operation Users = new(
        "users, first page",
        200,
        (request, _) => request.Get("Users?PageSize=50")
    );

    public static readonly Operation UsersDeep = new(
        "users, last page",
        200,
        (request, draw) =>
        {
            var page = (draw.Dataset.UserCount / 50) - 1;
            request.Get($"Users?PageSize=50&Page={page}&PageToken=PT{Sid("US", page * 50)}");
        }
    );

    public static readonly Operation CreateChat = new(
        "create chat",
        201,
        (request, draw) => request.Post($"Conversations/{draw.NextOfPool()}/Participants", $"Identity={draw.NewName()}")
    )
    {
        HasFloor = true,
        Adds = true,
    };

    public static readonly Operation CreateBound = new(
        "create bound",
        201,
        (request, draw) =>
            request.Post(
                $"Conversations/{draw.NextOfPool()}/Participants",
                $"MessagingBinding.Address=%2B{draw.NewPhoneNumber()}&"
                    + $"MessagingBinding.ProxyAddress=%2B{ProxyAddress.AsSpan(1)}"
            )
    )
    {
        HasFloor = true,
        Adds = true,
    };

    public static readonly Operation Update = new(
        "update",
        200,
        (request, draw) =>
        {
            var (conversation, place) = (draw.Of(draw.Dataset.Regular), draw.Below(RegularSize));
            request.Post(
                $"Conversations/{Sid("CH", conversation)}/Participants/"
                    + $"{Sid("MB", draw.Dataset.Regular.ParticipantOf(conversation, place))}",
                $"Attributes=%7B%22n%22%3A{draw.Below(1_000_000)}%7D"
            );
        }
    );

    public static readonly Operation Delete = new(
        "delete",
        204,
        (request, draw) =>
            request.Delete(
                $"Conversations/{Sid("CH", draw.Dataset.Pool.First + (draw.Number % PoolCount))}/Participants/"
                    + $"{Sid("MB", StockTicks, draw.Number)}"
            )
    )
    {
        Adds = true,
        TakesStock = true,
    };

    public static readonly Operation Duplicate = new(
        "duplicate create",
        409,
        (request, draw) =>
        {
            var (conversation, user) = draw.Member();
            request.Post($"Conversations/{Sid("CH", conversation)}/Participants", $"Identity={Identity(user)}");
        }
    );

    public static readonly Operation Unauthenticated = new(
        "unauthenticated",
        401,
        (request, draw) =>
            request.GetWithWrongToken($"Conversations/{Sid("CH", draw.Of(draw.Dataset.Regular))}/Participants")
    );

    /// <summary>The same requests to emulate. It never forgets what they add.</summary>
    public static readonly Operation EmulateList = new(
        "emulate: list of 50",
        200,
        (request, draw) => request.GetAt($"{draw.Place()}/Participants?PageSize=50")
    );

    public static readonly Operation EmulateCreate = new(
        "emulate: create chat",
        201,
        (request, draw) => request.PostAt($"{draw.Place()}/Participants", $"Identity={draw.NewName()}")
    );

    public static readonly Operation EmulateSend = new(
        "emulate: send a message",
        201,
        (request, draw) => request.PostAt($"{draw.Place()}/Messages", "Body=Ahoy+there%21")
    );

    public static readonly Operation Mix = new("mix", 0, (_, _) => { })
    {
        Adds = true,
        Pick = draw =>
            draw.Below(10) switch
            {
                < 4 => FetchBySid,
                < 6 => FetchByIdentity,
                < 8 => List,
                8 => CreateChat,
                _ => Update,
            },
    };

    private static readonly Operation DeleteLast = new(
        "delete again",
        204,
        (request, draw) => request.Delete($"Conversations/{draw.LastConversation}/Participants/{draw.LastName}")
    );

    public static readonly Operation CreateThousandth = CreateInto(
        "create the 1,000th",
        draw => draw.Dataset.NearlyFull
    );

    public static readonly Operation CreateSecond = CreateInto("create the 2nd", draw => draw.Dataset.Single);

    /// <summary>The operations of a plain run.</summary>
    public static readonly IReadOnlyList<Operation> Plain =
    [
        FetchBySid,
        FetchByIdentity,
        List,
        ListDeep,
        Users,
        UsersDeep,
        CreateChat,
        CreateBound,
        NewestMessages,
        NewestOfMany,
        Send,
        ConversationsOfIdentity,
        Update,
        Delete,
        Duplicate,
        Unauthenticated,
        Mix,
    ];

    public static Operation Named(string name) =>
        Plain
            .Concat([CreateThousandth, CreateSecond, EmulateList, EmulateCreate, EmulateSend])
            .Single(operation => operation.Name == name);

    // Each connection uses its own conversations, so that none exceeds its planned size.
    private static Operation CreateInto(string name, Func<Draw, Run> conversations) =>
        new(
            name,
            201,
            (request, draw) =>
                request.Post(
                    $"Conversations/{draw.NextOf(conversations(draw))}/Participants",
                    $"Identity={draw.NewName()}"
                )
        )
        {
            Adds = true,
            Undo = DeleteLast,
        };
}

/// <summary>The random choices and numbers of one connection's requests.</summary>
internal sealed class Draw(LoadOrder order, int connection)
{
    private readonly Random random = new(unchecked((order.Round * 397) ^ connection));
    private int count;

    public Dataset Dataset { get; } = new(order.Rows);

    public string LastName { get; private set; } = "";

    public string LastConversation { get; private set; } = "";

    /// <summary>The number of the request among those of all connections; no two requests have the same.</summary>
    public int Number => connection + (count * order.Connections);

    public void Next() => count++;

    public int Below(int bound) => random.Next(bound);

    public int Of(Run run) => run.First + random.Next(run.Count);

    /// <summary>A conversation and the user of one of its chat participants.</summary>
    public (int Conversation, int User) Member()
    {
        var (conversation, place) = (Of(Dataset.Regular), Below(RegularSize));
        return (conversation, Dataset.UserOf(Dataset.Regular, conversation, IsBound(place) ? place - 1 : place));
    }

    public string Place() => order.Places![random.Next(order.Places.Count)];

    public string NextOfPool() => Sid("CH", Dataset.Pool.First + (Number % PoolCount));

    public string NextOf(Run run)
    {
        var own = Math.Max(1, run.Count / order.Connections);
        return LastConversation = Sid("CH", run.First + (((connection * own) + (count % own)) % run.Count));
    }

    /// <summary>Below 10^12 and new in each round.</summary>
    public long NewNumber() => ((long)order.Round * 100_000_000) + Number;

    /// <summary>
    /// One of the hundred million British mobile numbers 7500 000000 to 7599 999999, which are all valid: half a
    /// million for each of a hundred rounds, and as many for the rounds that compare bodies (9000 and later).
    /// </summary>
    public long NewPhoneNumber() =>
        447_500_000_000 + ((order.Round % 9000 + (order.Round < 9000 ? 0 : 100)) * 500_000L) + Number;

    public string NewName() => LastName = $"new-{NewNumber()}";
}
