using System.Runtime.InteropServices;

namespace Conversations.Bench;

/// <summary>The command: a run of the bench, or with a verb one of the processes that the bench starts.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["load"]:
                return LoadGenerator.Run();
            case ["floor", var connectionString]:
                return await Floor.RunAsync(connectionString);
            case ["--help"]:
                Console.WriteLine(Options.Usage);
                return 0;
        }

        try
        {
            return await RunAsync(Options.Parse(arguments));
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{Options.Usage}");
            return 2;
        }
    }

    private static async Task<int> RunAsync(Options options)
    {
        var older = options.Compare is null ? null : Report.Read(options.Compare);
        using CancellationTokenSource stop = new();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = Directory.CreateTempSubdirectory("conversations-bench-").FullName;
        try
        {
            var build = await Build.PublishAsync(Path.Combine(folder, "published"));
            await using Bench bench = new(options, build, folder, stop.Token);
            var report = await MeasureAsync(options, bench, stop.Token);
            Progress.End();
            report.Print(Console.Out, older);
            Console.WriteLine($"\nWritten to {report.Save()}");
            return 0;
        }
        catch (Exception exception) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"\nStopped ({exception.GetType().Name}).");
            return 130;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<Report> MeasureAsync(Options options, Bench bench, CancellationToken cancellationToken)
    {
        using Measuring measuring = new(await bench.StartClusterAsync());
        if (options.Floor)
        {
            await bench.FloorAsync(measuring);
        }

        if (options.Flat is var (many, few))
        {
            await bench.FlatAsync(measuring, many, few);
        }

        if (options.HasOther)
        {
            await bench.OtherAsync(measuring);
        }

        if (options.Emulate is { } installed)
        {
            await bench.EmulateAsync(measuring, installed);
        }

        if (options.Sqlite)
        {
            await bench.SqliteAsync(measuring);
        }

        var starts = options.Start ? await bench.StartAsync() : [];
        var soak = options.SoakMinutes is { } minutes ? await bench.SoakAsync(measuring, minutes) : null;
        cancellationToken.ThrowIfCancellationRequested();
        return new(
            await Build.CommitAsync(),
            DateTime.UtcNow,
            Machine.Here(bench.PostgresVersion),
            options,
            bench.Outcomes,
            starts,
            soak
        );
    }
}
