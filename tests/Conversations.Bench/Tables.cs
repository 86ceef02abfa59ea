namespace Conversations.Bench;

/// <summary>The rows of a <see cref="Dataset"/>, with all counters that the server maintains.</summary>
internal sealed record Tables(Dataset Dataset, string ParticipantRoleSid, string UserRoleSid)
{
    private const string MessagingServiceSid = "MG00000000000000000000000000000002";

    public static readonly string[] ConversationColumns =
    [
        "sid",
        "account_sid",
        "chat_service_sid",
        "messaging_service_sid",
        "attributes",
        "state",
        "next_message_index",
        "participant_count",
        "non_chat_count",
        "group_count",
        "date_created",
        "date_updated",
    ];

    public static readonly string[] UserColumns =
    [
        "sid",
        "account_sid",
        "chat_service_sid",
        "identity",
        "attributes",
        "role_sid",
        "conversation_count",
        "date_created",
        "date_updated",
    ];

    public static readonly string[] ParticipantColumns =
    [
        "sid",
        "account_sid",
        "chat_service_sid",
        "conversation_sid",
        "identity",
        "user_sid",
        "binding_type",
        "address",
        "proxy_address",
        "active_binding",
        "conversation_closed",
        "notification_level",
        "pending",
        "role_sid",
        "attributes",
        "date_created",
        "date_updated",
    ];

    public static readonly string[] MessageColumns =
    [
        "sid",
        "account_sid",
        "chat_service_sid",
        "conversation_sid",
        "index",
        "author",
        "body",
        "attributes",
        "delivered_count",
        "failed_count",
        "read_count",
        "receipt_count",
        "sent_count",
        "undelivered_count",
        "date_created",
        "date_updated",
    ];

    private static readonly DateTime Loaded = new(Dataset.FirstTicks, DateTimeKind.Utc);

    public IEnumerable<object?[]> Conversations() =>
        from run in Dataset.Runs
        from number in Enumerable.Range(run.First, run.Count)
        select new object?[]
        {
            Dataset.Sid("CH", number),
            Dataset.AccountSid,
            Dataset.ChatServiceSid,
            MessagingServiceSid,
            "{}",
            "active",
            (long)MessagesOf(run, number),
            run.Size,
            Dataset.BoundAmong(run.Size),
            0,
            Loaded,
            Loaded,
        };

    public IEnumerable<object?[]> Users()
    {
        var last = Dataset.Runs[^1];
        var (rounds, rest) = Math.DivRem(last.FirstChat, Dataset.UserCount);
        return Enumerable
            .Range(0, Dataset.UserCount)
            .Select(number =>
                User(Dataset.Sid("US", number), Dataset.Identity(number), (int)rounds + (number < rest ? 1 : 0))
            );
    }

    public IEnumerable<object?[]> Participants() =>
        from run in Dataset.Runs
        from conversation in Enumerable.Range(run.First, run.Count)
        from place in Enumerable.Range(0, run.Size)
        select Dataset.IsBound(place)
            ? Bound(run.ParticipantOf(conversation, place), conversation)
            : Chat(
                Dataset.Sid("MB", run.ParticipantOf(conversation, place)),
                conversation,
                Dataset.UserOf(run, conversation, place)
            );

    public IEnumerable<object?[]> Messages()
    {
        var regular = Dataset.Regular;
        var first = Message(0, Dataset.Full.First, Dataset.ManyMessages);
        return first.Concat(
            Enumerable
                .Range(0, regular.Count)
                .SelectMany(number =>
                    Message(
                        Dataset.ManyMessages + ((long)number * Dataset.RegularMessages),
                        regular.First + number,
                        Dataset.RegularMessages
                    )
                )
        );
    }

    /// <summary>Users and participants that will be deleted, spread over the pool.</summary>
    public IEnumerable<object?[]> StockUsers(int count) =>
        Enumerable
            .Range(0, count)
            .Select(number => User(Dataset.Sid("US", Dataset.StockTicks, number), $"stock-{number}", 1));

    public IEnumerable<object?[]> StockParticipants(int count) =>
        Enumerable
            .Range(0, count)
            .Select(number =>
                Participant(
                    Dataset.Sid("MB", Dataset.StockTicks, number),
                    Dataset.Pool.First + (number % Dataset.PoolCount),
                    $"stock-{number}",
                    Dataset.Sid("US", Dataset.StockTicks, number),
                    null
                )
            );

    private int MessagesOf(Dataset.Run run, int conversation) =>
        run == Dataset.Regular ? Dataset.RegularMessages
        : conversation == Dataset.Full.First ? Dataset.ManyMessages
        : 0;

    private static IEnumerable<object?[]> Message(long first, int conversation, int count) =>
        Enumerable
            .Range(0, count)
            .Select(index =>
                new object?[]
                {
                    Dataset.Sid("IM", first + index),
                    Dataset.AccountSid,
                    Dataset.ChatServiceSid,
                    Dataset.Sid("CH", conversation),
                    (long)index,
                    "system",
                    "Ahoy there! This is a message of the usual length, which is a sentence or two.",
                    "{}",
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    Loaded,
                    Loaded,
                }
            );

    private object?[] User(string sid, string identity, int conversations) =>
        [sid, Dataset.AccountSid, Dataset.ChatServiceSid, identity, "{}", UserRoleSid, conversations, Loaded, Loaded];

    private object?[] Chat(string sid, int conversation, int user) =>
        Participant(sid, conversation, Dataset.Identity(user), Dataset.Sid("US", user), null);

    private object?[] Bound(long participant, int conversation) =>
        Participant(Dataset.Sid("MB", participant), conversation, null, null, Dataset.Address(participant));

    private object?[] Participant(string sid, int conversation, string? identity, string? userSid, string? address) =>
        [
            sid,
            Dataset.AccountSid,
            Dataset.ChatServiceSid,
            Dataset.Sid("CH", conversation),
            identity,
            userSid,
            address is null ? null : "sms",
            address,
            address is null ? null : Dataset.ProxyAddress,
            address is null ? null : $"{address} {Dataset.ProxyAddress}",
            false,
            "default",
            false,
            ParticipantRoleSid,
            """{"loaded":true}""",
            Loaded,
            Loaded,
        ];
}
