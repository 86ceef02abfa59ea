using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Conversations.Bench;

/// <summary>The results of a run, printed and saved in bench-results.</summary>
internal sealed record Report(
    string Commit,
    DateTime Date,
    Machine Machine,
    Options Options,
    IReadOnlyList<Outcome> Outcomes,
    IReadOnlyList<Start> Starts,
    Soak? Soak
)
{
    private const string Columns =
        "| operation | connections | requests/s | p50 ms | p99 ms | errors | CPU µs server + PostgreSQL "
        + "| statements, rows | other requests/s | p99 ms | errors | rate ratio | p50 ratio | p99 ratio | pgbench "
        + "| load CPU |";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, IncludeFields = true };

    public static Report Read(string file) =>
        JsonSerializer.Deserialize<Report>(File.ReadAllText(file), Json)
        ?? throw new FormatException($"{file} contains no result.");

    /// <returns>The path of the written file.</returns>
    public string Save()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Build.Repository, "bench-results")).FullName;
        var file = Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"{Date:yyyyMMdd-HHmmss}-{Commit}.json")
        );
        File.WriteAllText(file, JsonSerializer.Serialize(this, Json));
        return file;
    }

    public void Print(TextWriter to, Report? older)
    {
        to.WriteLine(
            $"Commit {Commit}, {Machine.Cores} cores ({Machine.Processor}), {Machine.System}, PostgreSQL "
                + $"{Machine.Postgres ?? "–"}, {Options.Rows:N0} participants, "
                + $"{Options.Pairs} pairs of {Options.Seconds} s, fsync {(Options.Fsync ? "on" : "off")}."
        );
        foreach (var group in Outcomes.GroupBy(outcome => outcome.Group))
        {
            to.WriteLine(
                $"""

                ### {group.Key}

                {Columns}{(older is null ? "" : " rate ratio before |")}
                |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|{(older is null ? "" : "--:|")}
                """
            );
            foreach (var outcome in group)
            {
                to.WriteLine(
                    Line(outcome)
                        + (older is null ? "" : $" {Two(older.Outcomes.FirstOrDefault(Same(outcome))?.RateRatio)} |")
                );
            }

            foreach (var outcome in group)
            {
                Complain(to, outcome, outcome.First);
                Complain(to, outcome, outcome.Second);
            }
        }

        foreach (var start in Starts)
        {
            to.WriteLine(
                $"\nStart to first answer, {start.Build}: {start.Milliseconds:0} ms (median of "
                    + $"{start.All.Count}); memory then {start.Memory:0} MiB."
            );
        }

        if (Soak is not null)
        {
            to.WriteLine(
                $"\nMemory under a mixed load for {Soak.Minutes} minutes ({Soak.Requests:N0} requests, "
                    + $"{Soak.Errors} errors): {Soak.AfterStart:0} MiB after start, at most {Soak.Most:0} MiB, "
                    + $"{Whole(Soak.AtTwoMinutes)} MiB after two minutes, {Soak.Last:0} MiB at the end."
            );
        }
    }

    private static Func<Outcome, bool> Same(Outcome outcome) =>
        other => (other.Group, other.Name, other.Connections) == (outcome.Group, outcome.Name, outcome.Connections);

    private static string Line(Outcome outcome)
    {
        var (one, other) = (outcome.First, outcome.Second);
        return $"| {outcome.Name} | {outcome.Connections} | {Whole(one.Rate)} | {Milliseconds(one.P50)} | "
            + $"{Milliseconds(one.P99)} | {one.Errors} | {Whole(one.ServerCpu)} + {Whole(one.PostgresCpu)} "
            + $"| {Two(one.Statements)}, {Two(one.Rows)} | {Whole(other?.Rate)} | {Milliseconds(other?.P99)} | "
            + $"{other?.Errors.ToString(CultureInfo.InvariantCulture) ?? "–"} "
            + $"| {Two(outcome.RateRatio)} | {Two(outcome.P50Ratio)} | {Two(outcome.P99Ratio)} | "
            + $"{(outcome.PgBench is null ? "–" : $"{Whole(outcome.PgBench)} ({Two(outcome.PgBenchRatio)})")} "
            + $"| {one.GeneratorShare.ToString("P0", CultureInfo.InvariantCulture)} |";
    }

    private static void Complain(TextWriter to, Outcome outcome, Figures? figures)
    {
        if (figures is { Errors: > 0 })
        {
            to.WriteLine(
                $"Errors of {figures.Name}, {outcome.Name}, {outcome.Connections} connections: "
                    + string.Join(
                        ", ",
                        figures.ErrorsByStatus.Select(error =>
                            error.Key == 0
                                ? $"{error.Value} broken connections"
                                : $"{error.Value} with status {error.Key}"
                        )
                    )
            );
        }
    }

    private static string Whole(double? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";

    private static string Two(double? number) => number?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    private static string Milliseconds(double? microseconds) => Two(microseconds / 1000);
}

internal sealed record Start(string Build, double Milliseconds, IReadOnlyList<double> All, double Memory);

internal sealed record Soak(
    double Minutes,
    long Requests,
    long Errors,
    double AfterStart,
    double Most,
    double? AtTwoMinutes,
    double Last,
    IReadOnlyList<double> All
);

internal sealed record Machine(int Cores, string Processor, string System, string? Postgres)
{
    public static Machine Here(string? postgres) =>
        new(Environment.ProcessorCount, ProcessorName(), RuntimeInformation.OSDescription, postgres);

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..];
    }
}
