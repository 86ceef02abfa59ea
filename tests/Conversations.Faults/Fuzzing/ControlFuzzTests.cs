using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Conversations.Faults.Fuzzing;

/// <summary>
/// Every operation of /control with input that is wrong in many ways, on each database. No answer is a 5xx, every error
/// is a problem, no answer shows rows of another account, and both databases give the same answers. What is imported
/// can be read by every operation of /v1, and exported and imported again.
/// </summary>
public sealed class ControlFuzzTests(ITestOutputHelper output)
{
    // The number of requests that go to the same account.
    private const int Batch = 40;

    private readonly ConcurrentDictionary<string, int> kinds = new();

    [NeedsPostgres]
    public async Task Bad_input_to_control_gets_the_same_error_on_both_databases_and_does_no_harm()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var first = await Side.StartAsync();
        await using var second = await Side.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        Side[] sides = [first, second];
        ControlFuzzer fuzzer = new(await ControlOperation.AllAsync(first.Server.Http.BaseAddress!));
        var count = Rounds.Of(240, 20_000);
        for (var number = 0; number < count; number++)
        {
            if (number % Batch == 0)
            {
                await Task.WhenAll(sides.Select(side => side.AimAsync()));
            }

            var seed = unchecked((int)((Rounds.Seed * 2_654_435_761) + ((ulong)number * 40_503)));
            var sent = await Task.WhenAll(sides.Select(side => side.SendAsync(fuzzer, new Random(seed))));
            kinds.AddOrUpdate($"{sent[0].Kind} {sent[0].Status}", 1, (_, total) => total + 1);
            var problem =
                sent.Select(one => one.Problem).FirstOrDefault(text => text is not null)
                ?? (
                    sent[0].Status == sent[1].Status || sent[0].Kind == ControlFuzzer.Damaged
                        ? null
                        : $"{sent[0].Status} and {sent[1].Status}"
                );
            if (problem is not null)
            {
                Assert.Fail(
                    $"FAULTS_SEED={Rounds.Seed}, request {number}: {problem}\n"
                        + $"{string.Join("\n\n", sent.Select(one => one.Text))}\n\n"
                        + $"{string.Join('\n', sides.Select(side => side.Server.Output))}"
                );
            }
        }

        output.WriteLine($"FAULTS_SEED={Rounds.Seed}: {count} requests, each on both databases.");
        output.WriteLine(
            string.Join(", ", kinds.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} × {pair.Value}"))
        );
        await Task.WhenAll(sides.Select(side => side.CheckVictimAsync()));
    }

    private sealed record Sent(string Kind, int Status, string? Problem, string Text);

    /// <summary>A server process with a victim, whose rows must stay, and the account of the moment.</summary>
    private sealed class Side : IAsyncDisposable
    {
        private const StringComparison Ordinal = StringComparison.Ordinal;

        private readonly HttpClient victim;
        private readonly Targets victims;
        private readonly string before;
        private HttpClient http = new();
        private string document = "";
        private int made;

        private Side(ServerProcess server, HttpClient victim, Targets victims, string before) =>
            (Server, this.victim, this.victims, this.before) = (server, victim, victims, before);

        public ServerProcess Server { get; }

        public static async Task<Side> StartAsync(params (string Name, string Value)[] database)
        {
            var server = await ServerProcess.StartAsync(
                folder: null,
                [
                    ("Webhooks__MaxAttempts", "1"),
                    ("Delivery__StepSeconds", "0.05"),
                    ("Serilog__MinimumLevel__Default", "Error"),
                    ("Serilog__MinimumLevel__Override__Microsoft.Hosting.Lifetime", "Information"),
                    .. database,
                ]
            );
            var victim = await NewAccountAsync(server);
            var victims = await Targets.MakeAsync(victim, Targets.Marker, number: 0, []);
            await victims.DeliveredAsync(victim);
            return new(server, victim, victims, await victim.GetStringAsync("/control/export"));
        }

        /// <summary>Makes a new account with rows of every kind.</summary>
        public async Task AimAsync()
        {
            http.Dispose();
            http = await NewAccountAsync(Server);
            var targets = await Targets.MakeAsync(http, "mine", ++made, []);
            await targets.DeliveredAsync(http);
            using var prepared = await http.PostAsync("/control/checkpoints", Json("""{"name":"prepared"}"""));
            prepared.EnsureSuccessStatusCode();
            document = await http.GetStringAsync("/control/export");
        }

        public async Task<Sent> SendAsync(ControlFuzzer fuzzer, Random random)
        {
            var (kind, request) = fuzzer.Next(random, document, [.. victims.Sids, Targets.Name]);
            using (request)
            {
                var text = request.Content is null ? "" : await request.Content.ReadAsStringAsync();
                using var response = await http.SendAsync(request);
                var answer = await response.Content.ReadAsStringAsync();
                var problem = ProblemOf(response, answer);
                if (
                    problem is null
                    && response.IsSuccessStatusCode
                    && request.RequestUri!.OriginalString.Contains("import", Ordinal)
                )
                {
                    problem = await ImportedProblemAsync();
                }

                return new(kind, (int)response.StatusCode, problem, $"{request}\n{text}\n{answer}");
            }
        }

        public async Task CheckVictimAsync() => Assert.Equal(before, await victim.GetStringAsync("/control/export"));

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            victim.Dispose();
            await Server.DisposeAsync();
        }

        private static async Task<HttpClient> NewAccountAsync(ServerProcess server)
        {
            using var response = await server.Http.PostAsync("/control/accounts", content: null);
            var account = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            return ServerProcess.NewClient(
                server.Http.BaseAddress!,
                (string)account["sid"]!,
                (string)account["auth_token"]!
            );
        }

        private static string? ProblemOf(HttpResponseMessage response, string answer) =>
            (int)response.StatusCode >= 500 ? $"a failure: {(int)response.StatusCode}"
            : answer.Contains(Targets.Marker, Ordinal) ? "another account's row"
            : response.IsSuccessStatusCode ? null
            : response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && (int?)JsonNode.Parse(answer)?["status"] == (int)response.StatusCode
                ? null
            : "an error in another shape";

        // Every row that /v1 shows leads to others. None is a failure, and the account can be exported and imported.
        private async Task<string?> ImportedProblemAsync()
        {
            Queue<string> paths = new([
                "/v1/Conversations",
                "/v1/Users",
                "/v1/Roles",
                "/v1/Services",
                "/v1/Configuration",
            ]);
            HashSet<string> seen = [.. paths];
            while (paths.TryDequeue(out var path))
            {
                using var response = await http.GetAsync(path);
                var answer = await response.Content.ReadAsStringAsync();
                if ((int)response.StatusCode >= 500 || answer.Contains(Targets.Marker, Ordinal))
                {
                    return $"GET {path} after it: {(int)response.StatusCode} {answer}";
                }

                foreach (var next in UrlsIn(JsonNode.Parse(answer)).Where(url => seen.Count < 60 && seen.Add(url)))
                {
                    paths.Enqueue(next);
                }
            }

            return await AgainProblemAsync();
        }

        // Timers and deliveries that the document has started may change a row in between.
        private async Task<string?> AgainProblemAsync()
        {
            for (var attempt = 1; ; attempt++)
            {
                var exported = await http.GetStringAsync("/control/export");
                using var imported = await http.PostAsync("/control/import", Json(exported));
                if (imported.StatusCode != HttpStatusCode.OK)
                {
                    return $"its export is refused: {await imported.Content.ReadAsStringAsync()}";
                }

                if (exported == await http.GetStringAsync("/control/export") || attempt == 20)
                {
                    return attempt == 20 ? $"its export is another one after its import: {exported}" : null;
                }

                await Task.Delay(50);
            }
        }

        private static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));

        private static IEnumerable<string> UrlsIn(JsonNode? node) =>
            node switch
            {
                JsonObject members => members.SelectMany(member => UrlsIn(member.Value)),
                JsonArray items => items.SelectMany(UrlsIn),
                JsonValue value when value.GetValueKind() == JsonValueKind.String => Uri.TryCreate(
                    (string)value!,
                    UriKind.Absolute,
                    out var url
                ) && url.AbsolutePath.StartsWith("/v1/", Ordinal)
                    ? [url.PathAndQuery]
                    : [],
                _ => [],
            };
    }
}
