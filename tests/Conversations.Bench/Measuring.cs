using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace Conversations.Bench;

/// <summary>A process under load, with its database.</summary>
/// <param name="PostgresDatabase">The name of the database in the cluster; null with SQLite.</param>
internal sealed record Target(string Name, Host Host, Dataset Dataset, Loader Loader, string? PostgresDatabase)
{
    /// <summary>The paths of the conversations in a server that chooses SIDs itself; null with the dataset.</summary>
    public IReadOnlyList<string>? Places { get; init; }
}

/// <summary>One round. Times are in microseconds. A value is null where this machine cannot measure it.</summary>
internal sealed record Round(
    double Rate,
    double P50,
    double P99,
    double Mean,
    Dictionary<int, long> Errors,
    double? ServerCpu,
    double? PostgresCpu,
    double? Statements,
    double? Rows,
    double GeneratorShare
);

/// <summary>
/// Runs the load generator, a separate process, against targets, and measures the cost of a round on their side.
/// </summary>
internal sealed class Measuring : IDisposable
{
    private readonly Cluster? cluster;
    private readonly Process generator;

    // A run never uses the names and numbers of a round again, and each run starts with the loaded rows.
    private int round = 1;

    public Measuring(Cluster? cluster)
    {
        this.cluster = cluster;
        ProcessStartInfo info = new("dotnet", [typeof(Measuring).Assembly.Location, "load"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["DOTNET_gcServer"] = "0";
        generator = Process.Start(info)!;
    }

    public async Task<Round> RoundAsync(
        Target target,
        Operation operation,
        int connections,
        double seconds,
        CancellationToken cancellationToken
    )
    {
        // More than any server here deletes in that time.
        int? limit = operation.TakesStock ? (int)Math.Ceiling(seconds * 8000) : null;
        if (limit is { } stock)
        {
            await target.Loader.AddStockAsync(stock, cancellationToken);
        }

        await using var statistics =
            cluster is { HasStatistics: true } && target.PostgresDatabase is not null
                ? await cluster.OpenAsync()
                : null;
        await ResetAsync(statistics);
        var (server, postgres) = (target.Host.CpuSeconds, PostgresCpu());
        var result = await DriveAsync(
            new(
                target.Host.Port,
                operation.Name,
                connections,
                seconds,
                target.Dataset.Rows,
                round++,
                limit,
                target.Places
            ),
            cancellationToken
        );
        var (serverAfter, postgresAfter) = (target.Host.CpuSeconds, PostgresCpu());
        var (statements, rows) = await StatementsAsync(statistics, target.PostgresDatabase);

        var requests = Math.Max(1, result.Requests);
        var alone = operation.Undo is null;
        return new(
            result.Rate,
            result.P50,
            result.P99,
            result.Mean,
            result.Errors,
            alone ? (serverAfter - server) * 1e6 / requests : null,
            target.PostgresDatabase is null || !alone ? null : (postgresAfter - postgres) * 1e6 / requests,
            alone ? statements / requests : null,
            alone ? rows / requests : null,
            result.Cpu / result.Seconds
        );
    }

    public void Dispose()
    {
        generator.StandardInput.Close();
        if (!generator.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            generator.Kill();
        }

        generator.Dispose();
    }

    private async Task<LoadResult> DriveAsync(LoadOrder order, CancellationToken cancellationToken)
    {
        await generator.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order).AsMemory(), cancellationToken);
        await generator.StandardInput.FlushAsync(cancellationToken);
        var line =
            await generator.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The load generator ended.");
        return JsonSerializer.Deserialize<LoadResult>(line)!;
    }

    // CPU seconds of the postmaster, its children and ended children; null where there is no /proc.
    private double? PostgresCpu()
    {
        if (cluster is null || !OperatingSystem.IsLinux())
        {
            return null;
        }

        long ticks = 0;
        foreach (
            var folder in Directory
                .EnumerateDirectories("/proc")
                .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        )
        {
            try
            {
                // The fields after the name in brackets: state, parent, …, with utime, stime, cutime and cstime at 11
                // to 14.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var isPostmaster = Path.GetFileName(folder) == cluster.ProcessId.ToString(CultureInfo.InvariantCulture);
                if (isPostmaster || fields[1] == cluster.ProcessId.ToString(CultureInfo.InvariantCulture))
                {
                    ticks += fields[11..(isPostmaster ? 15 : 13)]
                        .Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // The process has ended.
            }
        }

        return ticks / 100.0;
    }

    private static async Task ResetAsync(NpgsqlConnection? statistics)
    {
        if (statistics is not null)
        {
            await using NpgsqlCommand reset = new("SELECT pg_stat_statements_reset()", statistics);
            await reset.ExecuteNonQueryAsync();
        }
    }

    private static async Task<(double? Statements, double? Rows)> StatementsAsync(
        NpgsqlConnection? statistics,
        string? database
    )
    {
        if (statistics is null)
        {
            return (null, null);
        }

        await using NpgsqlCommand sums = new(
            """
            SELECT COALESCE(sum(calls), 0)::float8, COALESCE(sum(rows), 0)::float8 FROM pg_stat_statements s JOIN
                pg_database d ON d.oid = s.dbid
            WHERE d.datname = $1 AND query NOT LIKE '%webhook_deliveries%'
            """,
            statistics
        )
        {
            Parameters = { new() { Value = database } },
        };
        await using var reader = await sums.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetDouble(0), reader.GetDouble(1));
    }
}
