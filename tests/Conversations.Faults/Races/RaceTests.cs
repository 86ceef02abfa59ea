using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;

namespace Conversations.Faults.Races;

/// <summary>
/// Random requests that conflict with each other, compared with a model of the rules in memory. All answers and the
/// final state must be explained by one order of the requests, in which a request comes after all those that were
/// answered before it was sent. An answer is never a 5xx or the 409 of a server that gave up (20409), because the model
/// has neither.
/// </summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private readonly ConcurrentDictionary<string, int> answers = new();
    private int operations;

    [Theory, OnEachStore]
    public Task One_client_gets_the_answers_that_the_rules_predict(Store store) =>
        CheckAsync(store, Round.Any(clients: 1, most: 40), Rounds.Of(25, 800));

    [Theory, OnEachStore]
    public Task One_order_of_the_requests_explains_the_answers_of_sixteen_clients(Store store) =>
        CheckAsync(store, Round.Any(clients: 16, most: 3), Rounds.Of(40, 2_200));

    private async Task CheckAsync(Store store, Arbitrary<Round> rounds, int count)
    {
        var config = Config
            .QuickThrowOnFailure.WithMaxTest(count)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Rounds.Seed, 1), FSharpOption<int>.None)));
        try
        {
            // Runs outside xunit's own thread, because FsCheck waits for each round.
            await Task.Run(() =>
                Check.One(
                    config,
                    Prop.ForAll(rounds, (Action<Round>)(round => RunAsync(store, round).GetAwaiter().GetResult()))
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

    private async Task RunAsync(Store store, Round round)
    {
        var history = await RoundRunner.RunAsync(store, round);
        Interlocked.Add(ref operations, history.Count);
        foreach (var observation in history)
        {
            answers.AddOrUpdate(KindOf(observation), 1, (_, number) => number + 1);
        }

        if (Linearizability.FindViolation(history) is { } violation)
        {
            Assert.Fail(violation);
        }
    }

    // The code of an error, or the verb of a success.
    private static string KindOf(Observation observation) =>
        observation.Answer.Split(' ') is [var status, var code, ..] && status[0] != '2'
            ? code
            : $"{observation.Sent.Verb}";
}
