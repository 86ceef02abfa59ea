using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Conversations.Faults.Tenants;

/// <summary>
/// No legal requests of two accounts end a server with 256 MB of memory, or keep it from a third one.
/// </summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Parallel = 48;

    private const int Rows = 1000;

    private const long Megabytes256 = 256 << 20;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(Rounds.Of(5, 120));

    private static readonly (string Sid, string Token)[] Accounts =
    [
        ($"AC{1:x32}", "token-of-the-noisy-one"),
        ($"AC{2:x32}", "token-of-the-quiet-one"),
        ($"AC{3:x32}", "token-of-the-silent-one"),
    ];

    private readonly string attributes = $$"""{"a":"{{new string('a', 16_000)}}"}""";

    [Theory, OnEachStore]
    public async Task A_server_with_256_MB_survives_long_pages_long_bodies_and_clients_that_do_not_read(Store store)
    {
        using var group = MemoryGroup.TryCreate(Megabytes256);
        await using var server = await StartAsync(store, group);
        using var noisy = ClientOf(server, 0);
        using var quiet = ClientOf(server, 1);
        using var mute = ClientOf(server, 2);
        await FillAsync(noisy, Rows);
        await FillAsync(mute, Rows / 10);
        List<TcpClient> silent = [];
        try
        {
            for (var i = 0; i < Parallel; i++)
            {
                silent.Add(await SendAsync(server, mute, "GET /v1/Conversations?PageSize=1000 HTTP/1.1", ""));
                silent.Add(
                    await SendAsync(
                        server,
                        mute,
                        "POST /v1/Conversations HTTP/1.1\r\nContent-Length: 1000000\r\n"
                            + "Content-Type: application/x-www-form-urlencoded",
                        $"Attributes={new string('a', 900_000)}"
                    )
                );
            }

            using CancellationTokenSource end = new(Duration);
            var lists = Enumerable.Range(0, Parallel).Select(_ => ListAsync(noisy, end.Token)).ToArray();
            var slowest = await SlowestAsync(quiet, end.Token);
            var statuses = (await Task.WhenAll(lists)).SelectMany(all => all).ToLookup(status => status);

            Assert.All(
                statuses,
                status => Assert.Contains(status.Key, new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests })
            );
            Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            output.WriteLine(
                $"{string.Join(", ", statuses.Select(status => $"{status.Key}: {status.Count()}"))}; "
                    + $"the other account waited {slowest.TotalSeconds:0.00} s; {server.Memory >> 20} MB resident; "
                    + (group is null ? "no control group" : $"at most {group.Most >> 20} MB in the control group")
            );
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }

        Assert.Equal(Rows, await CountAsync(noisy));
        Assert.Equal(0, await server.TerminateAsync());
        Assert.Equal(0, group?.Killed ?? 0);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Ten_thousand_requests_take_no_more_memory_than_the_journal_has(string journal)
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            ("Control__Journal", journal),
            ("Serilog__MinimumLevel__Default", "Error"),
            ("Serilog__MinimumLevel__Override__Microsoft.Hosting.Lifetime", "Information")
        );
        await SendAsync(1000);
        var full = server.Memory;

        await SendAsync(9000);

        // Without a bound these requests and their answers would take more than 300 MB.
        output.WriteLine($"journal {journal}: {full >> 20} MB, then {server.Memory >> 20} MB");
        Assert.InRange(server.Memory - full, long.MinValue, 64 << 20);

        // The row is absent, so nothing is stored.
        Task SendAsync(int count) =>
            System.Threading.Tasks.Parallel.ForEachAsync(
                Enumerable.Range(0, count),
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (_, cancellationToken) =>
                {
                    using FormUrlEncodedContent form = new([new("Attributes", attributes)]);
                    using var answer = await server.Http.PostAsync("/v1/Conversations/absent", form, cancellationToken);
                    Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                }
            );
    }

    // Without a control group there is the limit of the heap that .NET takes in one: 75 % of the memory.
    private static async Task<ServerProcess> StartAsync(Store store, MemoryGroup? group) =>
        await ServerProcess.StartInGroupAsync(
            group?.Processes,
            [
                .. group is null
                    ? [("DOTNET_GCHeapHardLimit", (Megabytes256 / 4 * 3).ToString("x", CultureInfo.InvariantCulture))]
                    : Array.Empty<(string, string)>(),
                ("Serilog__MinimumLevel__Default", "Error"),
                ("Serilog__MinimumLevel__Override__Microsoft.Hosting.Lifetime", "Information"),
                store == Store.Sqlite
                    ? ("ConnectionStrings__Sqlite", "conversations.db")
                    : ("ConnectionStrings__Postgres", await OwnPostgres.NewDatabaseAsync()),
                .. Accounts.SelectMany(
                    (account, i) =>
                        new[] { ($"Accounts__{i}__Sid", account.Sid), ($"Accounts__{i}__AuthToken", account.Token) }
                ),
            ]
        );

    private static HttpClient ClientOf(ServerProcess server, int account) =>
        ServerProcess.NewClient(server.Http.BaseAddress!, Accounts[account].Sid, Accounts[account].Token);

    private Task FillAsync(HttpClient client, int rows) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, rows),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (_, cancellationToken) =>
            {
                using FormUrlEncodedContent form = new([new("Attributes", attributes)]);
                using var answer = await client.PostAsync("/v1/Conversations", form, cancellationToken);
                Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            }
        );

    private static async Task<List<HttpStatusCode>> ListAsync(HttpClient noisy, CancellationToken end)
    {
        List<HttpStatusCode> statuses = [];
        while (!end.IsCancellationRequested)
        {
            using var answer = await noisy.GetAsync("/v1/Conversations?PageSize=1000", CancellationToken.None);
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }

    private static async Task<TimeSpan> SlowestAsync(HttpClient quiet, CancellationToken end)
    {
        var slowest = TimeSpan.Zero;
        while (!end.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await quiet.PostAsync("/v1/Conversations", content: null, CancellationToken.None);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var elapsed = Stopwatch.GetElapsedTime(started);
            slowest = elapsed > slowest ? elapsed : slowest;
            await Task.Delay(20, CancellationToken.None);
        }

        return slowest;
    }

    /// <summary>Follows the pages, which have fewer rows than asked for.</summary>
    private static async Task<int> CountAsync(HttpClient noisy)
    {
        HashSet<string> sids = [];
        for (var url = "/v1/Conversations?PageSize=1000"; url is not null; )
        {
            using var answer = await noisy.GetAsync(url);
            Answer page = new(
                answer.StatusCode,
                await answer.Content.ReadAsStringAsync(),
                answer.Headers,
                answer.Content.Headers
            );
            foreach (var row in page.Ok().Body["conversations"]!.AsArray())
            {
                Assert.True(sids.Add(row!["sid"]!.GetValue<string>()));
            }

            Assert.InRange(page.Text.Length, 1, 2_000_000);
            url = page.Body["meta"]!["next_page_url"]?.GetValue<string>();
        }

        return sids.Count;
    }

    private static async Task<TcpClient> SendAsync(ServerProcess server, HttpClient caller, string head, string body)
    {
        TcpClient client = new() { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        _ = client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"{head}\r\nHost: localhost\r\n"
                        + $"Authorization: {caller.DefaultRequestHeaders.Authorization}\r\n\r\n{body}"
                )
            )
            .AsTask()
            .ContinueWith(_ => { }, TaskScheduler.Default);
        return client;
    }
}
