using System.Diagnostics;
using Xunit.Abstractions;

namespace Conversations.Faults.Schedules;

/// <summary>
/// The statements of two requests run in every order. The answers, the rows, the events of each queue, and what a
/// reader sees after the first answer must be those of one request after the other.
/// </summary>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(75);

    // A pair of long requests has thousands of schedules. They differ in the order of reads that do not meet.
    private const int MostOfPair = 3_000;

    private const int QuickOfPair = 16;

    [NeedsOwnPostgres]
    public async Task Every_schedule_of_two_requests_is_explained_by_one_after_the_other()
    {
        await using var postgres = await PostgresServer.StartOwnAsync("deadlock_timeout = 20ms\n");
        using var server = TestServer.WithoutSender(("ConnectionStrings:Postgres", postgres.ConnectionString));
        var world = await ScheduleWorld.NewAsync(server);
        using var explorer = await Explorer.StartAsync(postgres, world.AccountSid);
        Random random = new((int)Rounds.Seed);
        var pairs = world.Pairs.ToArray();
        random.Shuffle(pairs);

        var started = Stopwatch.GetTimestamp();
        var (schedules, tried) = (0, 0);
        List<string> unexplained = [];
        foreach (var pair in pairs.Where(pair => Only is null || $"{pair}".Contains(Only, StringComparison.Ordinal)))
        {
            if (!Rounds.AreLong && Stopwatch.GetElapsedTime(started) > Budget)
            {
                break;
            }

            tried++;
            string? found = null;
            if (Rounds.AreLong)
            {
                Tree tree = new(MostOfPair);
                while (tree.Next() is { } choose)
                {
                    schedules++;
                    found ??= await explorer.RunAsync(pair, choose);
                }
            }
            else
            {
                for (var i = 0; i < QuickOfPair && found is null; i++)
                {
                    schedules++;
                    found = await explorer.RunAsync(pair, () => random.Next(2));
                }
            }

            if (found is not null)
            {
                unexplained.Add(found);
            }
        }

        var took = Stopwatch.GetElapsedTime(started);
        output.WriteLine(
            $"FAULTS_SEED={Rounds.Seed}: {schedules} schedules of {tried} of {pairs.Length} pairs "
                + $"in {took.TotalSeconds:0} s, {schedules / took.TotalMinutes:0} a minute; "
                + $"{unexplained.Count} pairs unexplained"
        );
        Assert.True(unexplained.Count == 0, $"FAULTS_SEED={Rounds.Seed}\n\n{string.Join("\n\n", unexplained)}");
    }

    // To look into one pair: a part of its text.
    private static string? Only { get; } =
        Environment.GetEnvironmentVariable("FAULTS_PAIR") is { Length: > 0 } part ? part : null;
}
