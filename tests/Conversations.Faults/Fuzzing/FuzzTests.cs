using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Conversations.Faults.Fuzzing;

/// <summary>
/// Every operation of a server process, on each database, with input that is wrong in many ways. No answer is a 5xx,
/// every error has Twilio's shape, no answer shows rows of another account, memory stays bounded, and both databases
/// give the same answers.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    // The number of requests that go to the same rows, which they change and delete.
    private const int Batch = 150;

    // A new server takes about 100 MB. A server that kept all input would take gigabytes.
    private const long MostMemory = 700L << 20;

    private const string Victim = "AC000000000000000000000000000000ff";

    private const string VictimToken = "TokenOfTheOtherAccount";

    // Kestrel's own errors, for bytes that are no request yet.
    private static readonly int[] Bare = [400, 405, 408, 411, 413, 414, 417, 431, 501, 505];

    private readonly ConcurrentDictionary<string, int> kinds = new();
    private readonly ConcurrentDictionary<string, int> answers = new();

    [NeedsPostgres]
    public async Task Bad_input_gets_the_same_error_on_both_databases_and_does_no_harm()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var first = await Side.StartAsync();
        await using var second = await Side.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        Side[] sides = [first, second];
        var operations = await ServedOperation.AllAsync(first.Server.Http.BaseAddress!);
        var credentials = Encoding.UTF8.GetBytes($"{ServerProcess.AccountSid}:{ServerProcess.AuthToken}");
        Fuzzer fuzzer = new(operations, $"Basic {Convert.ToBase64String(credentials)}");
        var count = Rounds.Of(1_200, 100_500);
        var memory = "";
        var answered = true;
        for (var number = 0; number < count; number++)
        {
            if (number % Batch == 0 || !answered)
            {
                await Task.WhenAll(sides.Select(side => side.AimAsync()));
            }

            if (number == count / 10)
            {
                memory = MemoryOf(sides);
            }

            answered = await SendAsync(fuzzer, sides, number);
        }

        output.WriteLine(
            $"FAULTS_SEED={Rounds.Seed}: {count} requests to the {operations.Count} operations, each on both "
                + $"databases. Memory after a tenth: {memory}, at the end: {MemoryOf(sides)}."
        );
        output.WriteLine($"Kinds: {Figures(kinds)}");
        output.WriteLine($"Answers: {Figures(answers)}");
        Assert.All(sides, side => Assert.InRange(side.Server.Memory, 0, MostMemory));
        await Task.WhenAll(sides.Select(side => side.CheckVictimAsync()));
        await CheckRowsAsync(Store.Sqlite, $"Data Source={first.Server.Folder}/conversations.db");
        await CheckRowsAsync(Store.Postgres, postgres.ConnectionString);
    }

    private async Task CheckRowsAsync(Store store, string connectionString)
    {
        await Waiting.UntilDeliveredAsync(store, connectionString);
        var rows = await Snapshot.OfAsync(store, connectionString);
        Invariants.Hold(rows);
        output.WriteLine($"{store}: {rows.Messages.Count} messages and {rows.Receipts.Count} receipts are left.");
    }

    /// <returns>
    /// False when a server gave no answer, which is allowed for a broken request. Then it is unknown whether the server
    /// executed it.
    /// </returns>
    private async Task<bool> SendAsync(Fuzzer fuzzer, Side[] sides, int number)
    {
        var sent = await Task.WhenAll(
            sides.Select(async side =>
            {
                var request = fuzzer.Next(new Random(HashCode(number)), side.Targets);
                return (Request: request, Answer: await side.Wire.SendAsync(request));
            })
        );
        var (request, answer) = sent[0];
        kinds.AddOrUpdate(request.Kind, 1, (_, total) => total + 1);
        var problem = sent.Select(one => Problem(one.Request, one.Answer)).FirstOrDefault(text => text is not null);
        var results = sent.Select(one => Result(one.Answer)).ToArray();
        answers.AddOrUpdate(results[0], 1, (_, total) => total + 1);
        if (problem is null && results.Distinct().Count() > 1 && sent.All(one => one.Answer.Status > 0))
        {
            problem = $"SQLite answers {results[0]}, PostgreSQL {results[1]}";
        }

        if (problem is not null)
        {
            Assert.Fail(
                $"FAULTS_SEED={Rounds.Seed}, request {number}: {problem}\n{request}\n\n"
                    + $"{string.Join("\n\n", sent.Select(one => $"{one.Answer.Head}\n{one.Answer.Body}"))}\n\n"
                    + $"{string.Join('\n', sides.Select(side => side.Server.Output))}"
            );
        }

        return sent.All(one => one.Answer.Status > 0);
    }

    // The hash of a seed and a number is the same in every process.
    private static int HashCode(int number) =>
        unchecked((int)((Rounds.Seed * 2_654_435_761) + ((ulong)number * 40_503)));

    private static string Result(FuzzAnswer answer) =>
        answer.Status >= 400 && answer.Body.StartsWith("{\"code\":", StringComparison.Ordinal)
            ? $"{answer.Status}/{JsonNode.Parse(answer.Body)!["code"]}"
            : $"{answer.Status}";

    /// <summary>Checks what must hold for every request.</summary>
    private static string? Problem(FuzzRequest request, FuzzAnswer answer)
    {
        // Outside of /v1 only the body is Twilio's.
        var reachedApplication =
            answer.Head.Contains("Twilio-Request-Id", StringComparison.OrdinalIgnoreCase)
            || answer.Body.StartsWith("{\"code\":", StringComparison.Ordinal);
        return answer switch
        {
            { Status: 0 } => request.MayHangUp ? null : "no answer",
            { Status: >= 500 and not (501 or 505) } => $"a failure: {answer.Status}",
            _ when answer.Body.Contains(Targets.Marker, StringComparison.Ordinal) => "another account's row",
            { Status: < 400 } => null,
            _ when !reachedApplication => (request.IsHttp && !request.IsTooLong)
            || answer.Body.Length > 0
            || !Bare.Contains(answer.Status)
                ? $"a bare {answer.Status}"
                : null,
            _ when request.Method == "HEAD" => null,
            _ => ShapeProblem(answer),
        };
    }

    private static string? ShapeProblem(FuzzAnswer answer)
    {
        try
        {
            var error = JsonNode.Parse(answer.Body)!.AsObject();
            var code = error["code"]!.GetValue<int>();
            return
                error.Select(member => member.Key).SequenceEqual(["code", "message", "more_info", "status"])
                && error["status"]!.GetValue<int>() == answer.Status
                && error["message"]!.GetValue<string>().Length > 0
                && error["more_info"]!.GetValue<string>()
                    == string.Create(CultureInfo.InvariantCulture, $"https://www.twilio.com/docs/errors/{code}")
                && answer.Head.Contains("Content-Type: application/json", StringComparison.OrdinalIgnoreCase)
                ? null
                : "an error in another shape";
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            return "an error that is no JSON of Twilio's";
        }
    }

    private static string Figures(ConcurrentDictionary<string, int> numbers) =>
        string.Join(", ", numbers.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} × {pair.Value}"));

    private static string MemoryOf(Side[] sides) =>
        string.Join(" and ", sides.Select(side => $"{side.Server.Memory >> 20} MB"));

    /// <summary>
    /// A server process with two accounts: the fuzzer's, and a victim whose rows the fuzzer must neither read nor
    /// change.
    /// </summary>
    private sealed class Side : IAsyncDisposable
    {
        private readonly HttpClient victim;
        private readonly Targets victims;
        private readonly string before;
        private int made;

        private Side(ServerProcess server, HttpClient victim, Targets victims, string before)
        {
            (Server, this.victim, this.victims, this.before) = (server, victim, victims, before);
            Targets = victims;
            Wire = new(server.Http.BaseAddress!);
        }

        public ServerProcess Server { get; }

        public Wire Wire { get; }

        public Targets Targets { get; private set; }

        public static async Task<Side> StartAsync(params (string Name, string Value)[] database)
        {
            var server = await ServerProcess.StartAsync(
                folder: null,
                [
                    ("Accounts__0__Sid", ServerProcess.AccountSid),
                    ("Accounts__0__AuthToken", ServerProcess.AuthToken),
                    ("Accounts__1__Sid", Victim),
                    ("Accounts__1__AuthToken", VictimToken),
                    ("AllowedHosts", "*"), // The requests have hosts that are not local.
                    ("Webhooks__AllowedHosts__0", "127.0.0.1"),
                    ("Webhooks__MaxAttempts", "1"),
                    ("Delivery__StepSeconds", "0.05"), // Messages are on their way while their rows change.
                    ("Delivery__WhatsAppReads", "true"),
                    ("Serilog__MinimumLevel__Default", "Error"),
                    ("Serilog__MinimumLevel__Override__Microsoft.Hosting.Lifetime", "Information"),
                    .. database,
                ]
            );
            var http = ServerProcess.NewClient(server.Http.BaseAddress!, Victim, VictimToken);
            var victims = await Targets.MakeAsync(http, Targets.Marker, number: 0, []);
            await victims.DeliveredAsync(http);
            return new(server, http, victims, await victims.ReadAsync(http));
        }

        /// <summary>Creates new rows as targets.</summary>
        public async Task AimAsync() =>
            Targets = await Targets.MakeAsync(
                Server.Http,
                "mine",
                ++made,
                [.. victims.Sids, Victim, "IS000000000000000000000000000000ff", Targets.Name]
            );

        public async Task CheckVictimAsync() => Assert.Equal(before, await victims.ReadAsync(victim));

        public async ValueTask DisposeAsync()
        {
            Wire.Dispose();
            victim.Dispose();
            await Server.DisposeAsync();
        }
    }
}
