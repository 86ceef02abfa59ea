using Conversations.Api.Conversations;
using Conversations.Api.Participants;

namespace Conversations.Faults;

/// <summary>
/// A write load. Each writer takes one conversation after the other through its life: participants of all kinds,
/// messages, read horizons, requests that a rule must refuse, and a close or delete at the end. All of them also write
/// to one conversation with phones. The ledger records the answers.
/// </summary>
/// <param name="next">Returns the server for the next request.</param>
internal sealed class Writers(Func<HttpClient> next, Ledger ledger) : IAsyncDisposable
{
    private const int Count = 8;

    private const string Proxy = "+15017122661";

    // How many conversations begin before the next one that all writers share.
    private const int PerHall = 50;

    // One of Twilio's test numbers: its messages fail.
    private const string FailingPhone = "+15005550001";

    // Attributes of participants: of a new one, of one that a rule refuses, and after an update.
    private const string New = "{\"v\":1}";

    private const string Refused = "{\"v\":2}";

    private const string Changed = "{\"v\":3}";

    private readonly LedgerClient client = new(next, ledger);

    private readonly string prefix = Guid.NewGuid().ToString("N")[..6];

    private CancellationTokenSource stop = new();

    private Task[] running = [];

    private int conversations;

    private volatile Hall? hall;

    /// <inheritdoc cref="LedgerClient.Failures"/>
    public IEnumerable<string> Failures => client.Failures;

    /// <inheritdoc cref="LedgerClient.Slowest"/>
    public TimeSpan Slowest => client.Slowest;

    /// <inheritdoc cref="LedgerClient.Unknown"/>
    public IEnumerable<string> Unknown => client.Unknown;

    public void Start()
    {
        stop = new();
        running = [.. Enumerable.Range(0, Count).Select(writer => Task.Run(() => WriteAsync(writer)))];
    }

    /// <inheritdoc cref="LedgerClient.DoneAsync"/>
    public Task DoneAsync(int more) => client.DoneAsync(more);

    /// <summary>Ends the load. Requests in progress still get their answer.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref conversations);
            var name = $"{prefix}-{number}";
            var known =
                number % PerHall == 1 ? await HallAsync(name, number)
                : number % 3 == 0 ? await GroupAsync(name, number)
                : await ConversationAsync(name, $"writer {writer}", number);
            if (!known)
            {
                // No server listens. The pause limits the number of retries.
                await Task.Delay(20);
            }
        }
    }

    // A conversation that stays open, with a phone of each outcome: delivered, read and failed.
    private async Task<bool> HallAsync(string name, int number)
    {
        var phone = $"+1444{number:0000000}";
        if (
            await CreateAsync(name)
            && await AddAsync(name, phone, Pair(phone, Proxy))
            && await AddAsync(name, $"whatsapp:{phone}", Pair($"whatsapp:{phone}", $"whatsapp:{Proxy}"))
            && await AddAsync(name, FailingPhone, Pair(FailingPhone, $"+1502{number:0000000}"))
        )
        {
            hall = new(name, phone);
            return true;
        }

        return false;
    }

    // Each step returns false when its outcome is unknown. The conversation then stays as it is.
    private async Task<bool> ConversationAsync(string name, string identity, int number)
    {
        // Few addresses, so that conversations claim and release the same ones.
        var address = $"+1555{number % 40:0000000}";
        return await CreateAsync(name)
            && await AddAsync(name, identity, ("Identity", identity))
            && await AddAsync(name, "everybody", ("Identity", "everybody"))
            && await AddAsync(name, address, Pair(address, Proxy))
            && await RefuseAsync(name, identity, ("Identity", identity))
            && await RefuseAsync(name, "nobody", ("Identity", "nobody"), ("RoleSid", $"RL{0:x32}"))
            && await MessagesAsync(name, identity)
            && await ReadAsync(name, identity)
            && await client.DoAsync(
                $"{name}/everybody",
                Ledger.Absent,
                HttpMethod.Delete,
                $"{ParticipantsOf(name)}/everybody"
            )
            && await HallMessageAsync(name, identity, number)
            && await EndAsync(name, number);
    }

    private async Task<bool> GroupAsync(string name, int number)
    {
        if (!await CreateAsync(name))
        {
            return false;
        }

        for (var member = 0; member < 4; member++)
        {
            // Few addresses, so that groups with the same set meet.
            var address = $"+1666{(number + member) % 7:0000000}";
            if (!await AddAsync(name, address, ("MessagingBinding.Address", address)))
            {
                return false;
            }
        }

        return await RefuseAsync(name, "plain", ("Identity", "plain"))
            && (await client.CreateMessageAsync(name, "of a member", "a", $"+1666{number % 7:0000000}")).IsKnown
            && await RefuseMessageAsync(name, "of another author")
            && await EndAsync(name, number);
    }

    // Two messages, of which the first is changed and the second deleted.
    private async Task<bool> MessagesAsync(string name, string author)
    {
        var first = await client.CreateMessageAsync(name, "first", "a", author);
        var second = first.IsKnown ? await client.CreateMessageAsync(name, "second", "a", "somebody") : first;
        return second.IsKnown
            && (first.Sid is null || await ChangeAsync(name, "first", first.Sid, ("Body", "b")))
            && await RefuseMessageAsync(name, new string('x', 257))
            && (second.Sid is null || await RemoveAsync(name, "second", second.Sid));
    }

    // The read horizon is one value with two doors.
    private async Task<bool> ReadAsync(string name, string identity)
    {
        var (row, user) = ($"{name}/{identity}", Uri.EscapeDataString(identity));
        var participant = $"{ParticipantsOf(name)}/{user}";
        return await client.DoAsync(
                row,
                Ledger.StateOf(Changed, 0, NotificationLevel.Default),
                HttpMethod.Post,
                participant,
                ("Attributes", Changed),
                ("LastReadMessageIndex", "0")
            )
            && await client.DoAsync(
                row,
                Ledger.StateOf(Changed, 1, NotificationLevel.Muted),
                HttpMethod.Post,
                $"/v1/Users/{user}/Conversations/{name}",
                ("LastReadMessageIndex", "1"),
                ("NotificationLevel", NotificationLevel.Muted)
            );
    }

    // All writers take indices of this conversation. Some delete their message, while it is on its way to the phones.
    private async Task<bool> HallMessageAsync(string name, string identity, int number)
    {
        if (hall is not { } current)
        {
            return true;
        }

        var author = number % 4 == 0 ? current.Phone : identity;
        var sent = await client.CreateMessageAsync(current.Name, name, "a", author);
        return sent.IsKnown
            && (
                sent.Sid is null
                || (number % 5) switch
                {
                    0 => await RemoveAsync(current.Name, name, sent.Sid),
                    1 => await ChangeAsync(current.Name, name, sent.Sid, ("Body", "b")),
                    _ => true,
                }
            );
    }

    private async Task<bool> EndAsync(string name, int number) =>
        (number % 4) switch
        {
            0 => true,
            1 => await client.DeleteAsync(name),
            _ => await client.DoAsync(
                name,
                ConversationState.Closed,
                HttpMethod.Post,
                $"/v1/Conversations/{name}",
                ("State", ConversationState.Closed)
            ) && await RefuseMessageAsync(name, "late"),
        };

    private Task<bool> CreateAsync(string name) =>
        client.DoAsync(name, ConversationState.Active, HttpMethod.Post, "/v1/Conversations", ("UniqueName", name));

    /// <param name="participant">The identity or address, which is its name in the ledger.</param>
    private Task<bool> AddAsync(string name, string participant, params (string Name, string Value)[] form) =>
        client.DoAsync(
            $"{name}/{participant}",
            New,
            HttpMethod.Post,
            ParticipantsOf(name),
            [.. form, ("Attributes", New)]
        );

    private Task<bool> RefuseAsync(string name, string participant, params (string Name, string Value)[] form) =>
        client.RefusedAsync($"{name}/{participant}", Refused, ParticipantsOf(name), [.. form, ("Attributes", Refused)]);

    private Task<bool> RefuseMessageAsync(string name, string author) =>
        client.RefusedAsync(
            $"{name}/{Ledger.MessageName("refused")}",
            "a",
            MessagesOf(name),
            ("Author", author),
            ("Body", "a"),
            ("Attributes", Ledger.MessageName("refused"))
        );

    private Task<bool> ChangeAsync(string name, string message, string sid, (string Name, string Value) change) =>
        client.DoAsync(
            $"{name}/{Ledger.MessageName(message)}",
            change.Value,
            HttpMethod.Post,
            $"{MessagesOf(name)}/{sid}",
            change
        );

    private Task<bool> RemoveAsync(string name, string message, string sid) =>
        client.DoAsync(
            $"{name}/{Ledger.MessageName(message)}",
            Ledger.Absent,
            HttpMethod.Delete,
            $"{MessagesOf(name)}/{sid}"
        );

    private static string ParticipantsOf(string name) => $"/v1/Conversations/{name}/Participants";

    private static string MessagesOf(string name) => $"/v1/Conversations/{name}/Messages";

    private static (string Name, string Value)[] Pair(string address, string proxyAddress) =>
        NewParticipant.Sms(address, proxyAddress);

    /// <summary>A conversation that all writers share.</summary>
    private sealed record Hall(string Name, string Phone);
}
