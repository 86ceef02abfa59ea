using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;

namespace Conversations.Faults.Races;

/// <summary>
/// Random requests that get in each other's way, against a model of the rules in memory. Whatever the clients are answered, and whatever is
/// there in the end, must be what one order of their requests explains, in which none comes before one that was already answered. No answer
/// is a 5xx, nor the 409 of a server that gave up (20409): the model knows neither.
/// </summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private readonly ConcurrentDictionary<string, int> answers = new();
    private int operations;

    [Theory, OnEachStore]
    public Task One_client_is_answered_as_the_rules_foretell(Store store) =>
        CheckAsync(store, Round.Any(clients: 1, most: 40), Rounds.Of(25, 800));

    [Theory, OnEachStore]
    public Task Sixteen_clients_are_answered_as_one_order_of_their_requests_explains(Store store) =>
        CheckAsync(store, Round.Any(clients: 16, most: 3), Rounds.Of(40, 2_200));

    private async Task CheckAsync(Store store, Arbitrary<Round> rounds, int count)
    {
        var config = Config
            .QuickThrowOnFailure.WithMaxTest(count)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Rounds.Seed, 1), FSharpOption<int>.None)));
        try
        {
            // Not on xunit's own thread: FsCheck waits for each round.
            await Task.Run(() =>
                Check.One(
                    config,
                    Prop.ForAll(rounds, (Action<Round>)(round => PlayAsync(store, round).GetAwaiter().GetResult()))
                )
            );
        }
        finally
        {
            output.WriteLine(
                $"{store}, FAULTS_SEED={Rounds.Seed}: {count} rounds, {operations} requests. Answers: "
                    + string.Join(
                        ", ",
                        answers
                            .OrderByDescending(answer => answer.Value)
                            .Select(answer => $"{answer.Key} × {answer.Value}")
                    )
            );
        }
    }

    private async Task PlayAsync(Store store, Round round)
    {
        var history = await World.PlayAsync(store, round);
        Interlocked.Add(ref operations, history.Count);
        foreach (var seen in history)
        {
            answers.AddOrUpdate(KindOf(seen), 1, (_, number) => number + 1);
        }

        if (Order.Contradiction(history) is { } contradiction)
        {
            Assert.Fail(contradiction);
        }
    }

    // Of an error its code, of a success what was asked for.
    private static string KindOf(Seen seen) =>
        seen.Answer.Split(' ') is [var status, var code, ..] && status[0] != '2' ? code : $"{seen.Sent.Verb}";
}
