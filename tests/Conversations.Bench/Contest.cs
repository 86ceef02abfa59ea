namespace Conversations.Bench;

/// <summary>One side of a comparison: an operation on a target.</summary>
internal sealed record Side(Target Target, Operation Operation);

/// <summary>The result of a side's rounds: medians, and the sum of the errors.</summary>
internal sealed record Figures(
    string Name,
    double Rate,
    double P50,
    double P99,
    double Mean,
    long Errors,
    Dictionary<int, long> ErrorsByStatus,
    double? ServerCpu,
    double? PostgresCpu,
    double? Statements,
    double? Rows,
    double GeneratorShare
)
{
    public static Figures Of(string name, IReadOnlyList<Round> rounds)
    {
        var errors = rounds
            .SelectMany(round => round.Errors)
            .GroupBy(error => error.Key, error => error.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
        return new(
            name,
            Median(r => r.Rate),
            Median(r => r.P50),
            Median(r => r.P99),
            Median(r => r.Mean),
            errors.Values.Sum(),
            errors,
            MedianOrNull(r => r.ServerCpu),
            MedianOrNull(r => r.PostgresCpu),
            MedianOrNull(r => r.Statements),
            MedianOrNull(r => r.Rows),
            Median(r => r.GeneratorShare)
        );

        double Median(Func<Round, double> of) => rounds.Select(of).Median();

        double? MedianOrNull(Func<Round, double?> of) =>
            rounds.All(round => of(round) is not null) ? rounds.Select(round => of(round)!.Value).Median() : null;
    }
}

/// <summary>
/// The result of one side against the other. A ratio is the median of the ratios of the pairs, so that a drift of the
/// machine affects both sides.
/// </summary>
internal sealed record Outcome(
    string Group,
    string Name,
    int Connections,
    Figures First,
    Figures? Second,
    double? RateRatio,
    double? P50Ratio,
    double? P99Ratio,
    double? PgBench,
    double? PgBenchRatio
);

internal static class Medians
{
    public static double Median(this IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Runs interleaved rounds: first side, second side, first side, second side.</summary>
internal sealed class Contest(Measuring measuring, Options options, CancellationToken cancellationToken)
{
    // A server that compiles for longer is measured as it is.
    private const int MaxWarmUpSeconds = 60;

    private readonly HashSet<Target> warm = [];

    public List<Outcome> Outcomes { get; } = [];

    /// <param name="group">The title of the comparison.</param>
    /// <param name="pgBench">Returns pgbench's rate of a round; null when pgbench takes no part.</param>
    public async Task RunAsync(
        string group,
        string name,
        int connections,
        Side first,
        Side? second = null,
        Func<Task<double?>>? pgBench = null
    )
    {
        foreach (var side in Sides(first, second))
        {
            Progress.Say($"{group}: {name}, {connections} connections, warming up {side.Target.Name}");
            await WarmUpAsync(side, connections);
        }

        List<(Round First, Round? Second, double? PgBench)> pairs = [];
        for (var pair = 1; pair <= options.Pairs; pair++)
        {
            Progress.Say($"{group}: {name}, {connections} connections, pair {pair} of {options.Pairs}");
            var one = await measuring.RoundAsync(
                first.Target,
                first.Operation,
                connections,
                options.Seconds,
                cancellationToken
            );
            var other = second is null
                ? null
                : await measuring.RoundAsync(
                    second.Target,
                    second.Operation,
                    connections,
                    options.Seconds,
                    cancellationToken
                );
            pairs.Add((one, other, pgBench is null ? null : await pgBench()));
        }

        Outcomes.Add(OutcomeOf(group, name, connections, first, second, pairs));
        foreach (
            var side in Sides(first, second).Where(side => side.Operation.Adds || side.Operation == Operations.Update)
        )
        {
            await side.Target.Loader.TidyAsync();
        }
    }

    // The runtime compiles busy methods a second time, on a thread of its own. That thread takes a core from the
    // server, so the measured rounds wait until it rests: two seconds in a row with less than 20 ms of CPU.
    private async Task WarmUpAsync(Side side, int connections)
    {
        const double Rest = 0.02;
        var isCold = warm.Add(side.Target);
        var host = side.Target.Host;
        var (answers, restful) = (0.0, 0);
        for (var seconds = 0; seconds < MaxWarmUpSeconds; seconds++)
        {
            var before = host.TierUpSeconds;
            answers += (
                await measuring.RoundAsync(side.Target, side.Operation, connections, 1, cancellationToken)
            ).Rate;
            var spent = host.TierUpSeconds - before;
            restful = spent is >= 0 and < Rest ? restful + 1 : 0;
            var isRestful = spent is null ? seconds >= (isCold ? 15 : 3) : restful >= 2;
            if (isRestful && answers >= (isCold ? 30_000 : 6000))
            {
                return;
            }
        }
    }

    private static IEnumerable<Side> Sides(Side first, Side? second) => second is null ? [first] : [first, second];

    private static Outcome OutcomeOf(
        string group,
        string name,
        int connections,
        Side first,
        Side? second,
        List<(Round First, Round? Second, double? PgBench)> pairs
    )
    {
        var hasPgBench = pairs.All(pair => pair.PgBench > 0);
        return new(
            group,
            name,
            connections,
            Figures.Of(first.Target.Name, [.. pairs.Select(pair => pair.First)]),
            second is null ? null : Figures.Of(second.Target.Name, [.. pairs.Select(pair => pair.Second!)]),
            Ratio(round => round.Rate),
            Ratio(round => round.P50),
            Ratio(round => round.P99),
            hasPgBench ? pairs.Select(pair => pair.PgBench!.Value).Median() : null,
            hasPgBench ? pairs.Select(pair => pair.First.Rate / pair.PgBench!.Value).Median() : null
        );

        double? Ratio(Func<Round, double> of) =>
            second is null
                ? null
                : pairs.Select(pair => of(pair.Second!) is var other and > 0 ? of(pair.First) / other : 0).Median();
    }
}
