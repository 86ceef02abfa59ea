using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>
/// A server dies while it adds the participants of new conversations. The next one finishes every conversation that was
/// acknowledged, with all participants.
/// </summary>
public sealed class KilledSetupTests(ITestOutputHelper output)
{
    private const int Rush = 64;

    private readonly Random random = new(21);

    [Fact]
    public async Task On_SQLite_the_next_server_finishes_every_acknowledged_conversation()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-setups-").FullName;
        await KillServersAsync(Store.Sqlite, $"Data Source={Path.Combine(folder, "conversations.db")}");
        Directory.Delete(folder, recursive: true);
    }

    [NeedsOwnPostgres]
    public async Task On_PostgreSQL_the_next_server_finishes_every_acknowledged_conversation() =>
        await KillServersAsync(Store.Postgres, await OwnPostgres.NewDatabaseAsync());

    private async Task KillServersAsync(Store store, string connectionString)
    {
        (string, string)[] settings =
        [
            ($"ConnectionStrings__{store}", connectionString),
            ("Serilog__MinimumLevel__Default", "Fatal"),
        ];
        var (acknowledged, left) = (0, 0);
        for (var round = 0; round < Rounds.Of(2, 20); round++)
        {
            List<string> sids = [];
            await using (var server = await ServerProcess.StartAsync(folder: null, settings))
            {
                var requests = Enumerable
                    .Range(0, Rush)
                    .Select(i => CreateAsync(server, (round * Rush) + i, sids))
                    .ToList();
                while (sids.Count < random.Next(1, Rush) && requests.Any(request => !request.IsCompleted))
                {
                    await Task.WhenAny(requests.Where(request => !request.IsCompleted));
                    requests.RemoveAll(request => request.IsCompleted);
                }

                await server.KillAsync();
                await Task.WhenAll(requests);
            }

            var rows = await Snapshot.OfAsync(store, connectionString);
            Invariants.Hold(rows);
            Assert.Subset(rows.Conversations.Select(c => c.Sid).ToHashSet(), sids.ToHashSet());
            acknowledged += sids.Count;
            left += rows.Setups.Count;
            await FinishAsync(settings, sids);
            rows = await Snapshot.OfAsync(store, connectionString);
            Invariants.Hold(rows);
            Assert.Empty(rows.Setups);
        }

        output.WriteLine($"{acknowledged} conversations acknowledged, {left} left to the next server by kills");
    }

    // The request may be cut off by the kill: then nothing is known about it.
    private static async Task CreateAsync(ServerProcess server, int phone, List<string> sids)
    {
        try
        {
            var answer = await server.PostAsync(
                $"/v1/{NewConversation.Endpoint}",
                ("UniqueName", $"room {phone}"),
                NewConversation.WithIdentity("alice"),
                NewConversation.WithIdentity($"user {phone}"),
                NewConversation.WithPair($"whatsapp:+1555867{phone:0000}", "whatsapp:+15017122661")
            );
            lock (sids)
            {
                sids.Add(answer.Accepted()["sid"]);
            }
        }
        catch (HttpRequestException) { }
    }

    private static async Task FinishAsync((string, string)[] settings, List<string> sids)
    {
        await using var server = await ServerProcess.StartAsync(folder: null, settings);
        using CancellationTokenSource timeout = new(TimeSpan.FromMinutes(2));
        foreach (var sid in sids)
        {
            var path = $"/v1/Conversations/{sid}";
            while ((await server.GetAsync(path)).Ok()["state"] == "initializing")
            {
                await Task.Delay(50, timeout.Token);
            }

            Assert.Equal("active", (await server.GetAsync(path)).Ok()["state"]);
            var list = (await server.GetAsync($"{path}/Participants")).Ok().Body["participants"];
            Assert.Equal(3, Assert.IsType<JsonArray>(list).Count);
        }

        // Those that were stored but not acknowledged.
        while (true)
        {
            var all = (await server.GetAsync("/v1/Conversations?PageSize=1000")).Ok().Body["conversations"]!.AsArray();
            if (all.All(one => one!["state"]!.GetValue<string>() == "active"))
            {
                break;
            }

            await Task.Delay(50, timeout.Token);
        }
    }
}
