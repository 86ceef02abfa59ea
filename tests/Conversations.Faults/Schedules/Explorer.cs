using Npgsql;

namespace Conversations.Faults.Schedules;

/// <summary>
/// Runs the statements of two requests in a given order, and compares the outcome with both serial orders.
/// </summary>
internal sealed class Explorer : IDisposable
{
    private const string Answered = " is answered";

    private readonly Client[] clients;
    private readonly AccountRows rows;
    private readonly NpgsqlConnection connection;
    private readonly Schema schema;
    private readonly Dictionary<string, Serial[]> serials = [];

    private Explorer(Client[] clients, AccountRows rows, NpgsqlConnection connection, Schema schema) =>
        (this.clients, this.rows, this.connection, this.schema) = (clients, rows, connection, schema);

    /// <param name="accountSid">Its rows are put back before each schedule.</param>
    public static async Task<Explorer> StartAsync(PostgresServer postgres, string accountSid)
    {
        NpgsqlConnection connection = new(postgres.ConnectionString);
        await connection.OpenAsync();
        var schema = await Schema.ReadAsync(connection);
        AccountRows rows = new(connection, accountSid, schema);
        await rows.KeepAsync();
        var number = Guid.NewGuid().ToString("N");
        return new(
            [
                await Client.StartAsync($"A{number}", postgres, accountSid, connection),
                await Client.StartAsync($"B{number}", postgres, accountSid, connection),
            ],
            rows,
            connection,
            schema
        );
    }

    /// <summary>Runs one schedule.</summary>
    /// <param name="choose">
    /// Chooses between both clients, 0 and 1, each time when both have a statement that waits. Its parameter is whether
    /// 0 would only be a swap: its statement waited already when the last one of 1 ran, and their order has no effect.
    /// So the schedule with both swapped has the same outcome.
    /// </param>
    public async Task<Outcome> RunAsync(Pair pair, Func<bool, int> choose)
    {
        if (!serials.TryGetValue($"{pair}", out var orders))
        {
            orders = serials[$"{pair}"] = [await SerialAsync(pair, 0), await SerialAsync(pair, 1)];
        }

        await rows.RestoreAsync();
        List<string> trace = [];
        Begin(pair, 0, holds: true);
        Begin(pair, 1, holds: true);
        (int Client, string Rows)? firstAnswered = null;
        HeldStatement? passed = null;
        while (true)
        {
            foreach (var client in clients)
            {
                await client.SettleAsync();
            }

            var waiting = Array.FindAll([0, 1], i => clients[i].Next is not null);
            if (firstAnswered is null && Array.FindIndex(clients, client => client.IsDone) is var done and >= 0)
            {
                firstAnswered = (done, await rows.ReadAsync());
                trace.Add($"{"AB"[done]}{Answered}");
            }

            if (clients.All(client => client.IsDone))
            {
                break;
            }

            if (waiting is [])
            {
                continue; // The blocked client gets its lock, or PostgreSQL ends the deadlock.
            }

            var chosen = waiting is [var only] ? only : choose(clients[0].Next == passed);
            passed = waiting.Length == 2 && chosen == 1 && MaySwap() ? clients[0].Next : null;
            trace.Add($"{"AB"[chosen]} {clients[chosen].Release()}");
        }

        Observed observed = new(AnswersAsync(), await rows.ReadAsync(), firstAnswered!.Value);
        var ofEach = trace.ToLookup(line => line[..2]);
        return Explain(pair, orders, observed, NamesOf(), trace) with
        {
            Statements = string.Join(
                '\n',
                ofEach["A "].Concat(ofEach["B "]).Where(line => !line.EndsWith(Answered, StringComparison.Ordinal))
            ),
        };
    }

    // A reader after the first answer may see what the statement of B publishes, if B is not answered next.
    private bool MaySwap() =>
        (A: schema.FootprintOf(clients[0].Next!), B: schema.FootprintOf(clients[1].Next!)) is var next
        && next.B.Publishes.Count == 0
        && next.B.IsIndependentOf(next.A);

    public void Dispose()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }

        connection.Dispose();
    }

    private void Begin(Pair pair, int client, bool holds) =>
        clients[client].Begin(client == 0 ? pair.A : pair.B, pair.WithEvents, holds);

    private async Task<Serial> SerialAsync(Pair pair, int first)
    {
        await rows.RestoreAsync();
        Begin(pair, first, holds: false);
        await clients[first].EndAsync();
        var between = await rows.ReadAsync();
        Begin(pair, 1 - first, holds: false);
        await clients[1 - first].EndAsync();
        var names = NamesOf();
        return new(
            first,
            AccountRows.Masked(AnswersAsync(), names),
            AccountRows.TextOf(between, names),
            AccountRows.TextOf(await rows.ReadAsync(), names)
        );
    }

    private string AnswersAsync() => $"A: {clients[0].Answer}\nB: {clients[1].Answer}";

    private Dictionary<string, string> NamesOf() =>
        clients
            .Select((client, i) => (client.NewSid, Name: $"{client.NewSid?[..2]}-of-{"AB"[i]}"))
            .Where(created => created.NewSid is not null)
            .ToDictionary(created => created.NewSid!, created => created.Name);

    private static Outcome Explain(
        Pair pair,
        Serial[] orders,
        Observed observed,
        Dictionary<string, string> names,
        List<string> trace
    )
    {
        var (answers, end, between) = (
            AccountRows.Masked(observed.Answers, names),
            AccountRows.TextOf(observed.Rows, names),
            AccountRows.TextOf(observed.FirstAnswered.Rows, names)
        );
        var same = Array.FindAll(orders, order => order.Answers == answers && order.End == end);
        if (
            same.Any(order =>
                !pair.IsStrict
                || between == order.End
                || (order.First == observed.FirstAnswered.Client && between == order.Between)
            )
        )
        {
            return new(answers, end, between, Unexplained: null);
        }

        var kind =
            same is not [] ? "When the first answer was out, the state was that of no order"
            : orders.Any(order => order.End == end) ? "The answers are those of no order"
            : "The end is that of no order";
        var unexplained =
            $"{kind}: {pair}\n{string.Join('\n', trace.Select(line => $"  {line.ReplaceLineEndings(" ")}"))}\n"
            + $"{answers}\n{Difference("end", orders, order => order.End, end)}"
            + (same is [] ? "" : Difference("after the first answer", orders, order => order.Between, between))
            + string.Concat(orders.Select(order => $"{"AB"[order.First]} first would be\n{order.Answers}\n"));
        return new(answers, end, between, unexplained);
    }

    private static string Difference(string name, Serial[] orders, Func<Serial, string> of, string actual) =>
        string.Concat(
            orders.Select(order =>
                $"{name}, against {"AB"[order.First]} first:\n"
                + string.Concat(actual.Split('\n').Except(of(order).Split('\n')).Select(line => $"  + {line}\n"))
                + string.Concat(of(order).Split('\n').Except(actual.Split('\n')).Select(line => $"  - {line}\n"))
            )
        );

    private sealed record Serial(int First, string Answers, string Between, string End);

    private sealed record Observed(string Answers, string Rows, (int Client, string Rows) FirstAnswered);
}

/// <summary>What a schedule led to, in texts without dates and with names for new SIDs.</summary>
/// <param name="Between">The rows when the first answer was out.</param>
/// <param name="Unexplained">An account of what no serial order explains; null when one does.</param>
internal sealed record Outcome(string Answers, string End, string Between, string? Unexplained)
{
    /// <summary>Those of A, then those of B.</summary>
    public string Statements { get; init; } = "";
}

/// <summary>Two requests that meet.</summary>
internal sealed record Pair(Operation A, Operation B, bool WithEvents)
{
    /// <summary>Whether what a reader sees between both answers must be explained as well.</summary>
    public bool IsStrict => !B.MayMiss(A) && !A.MayMiss(B);

    public override string ToString() => $"{A} | {B}{(WithEvents ? " | with events" : "")}";
}
