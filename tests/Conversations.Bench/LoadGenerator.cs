using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Conversations.Bench;

/// <param name="Round">A number that makes names and numbers unique.</param>
/// <param name="Limit">The highest number of requests; null for as many as the time allows.</param>
/// <param name="Places">See <see cref="Target.Places"/>.</param>
internal sealed record LoadOrder(
    int Port,
    string Operation,
    int Connections,
    double Seconds,
    int Rows,
    int Round,
    int? Limit = null,
    IReadOnlyList<string>? Places = null
);

/// <param name="Errors">
/// The number of answers with an unexpected status, by status; 0 stands for a broken connection.
/// </param>
/// <param name="Rate">Correct answers a second.</param>
/// <param name="P50">In microseconds, as all other times.</param>
/// <param name="Cpu">CPU seconds of the load generator itself.</param>
internal sealed record LoadResult(
    long Requests,
    Dictionary<int, long> Errors,
    double Seconds,
    double Rate,
    double P50,
    double P99,
    double Mean,
    double Cpu
);

/// <summary>
/// The load generator: reads one order a line, runs it in a closed loop with one thread for each connection, and writes
/// one result a line.
/// </summary>
internal static class LoadGenerator
{
    public static int Run()
    {
        while (Console.ReadLine() is { } line)
        {
            var result = Drive(JsonSerializer.Deserialize<LoadOrder>(line)!);
            Console.WriteLine(JsonSerializer.Serialize(result));
        }

        return 0;
    }

    private static LoadResult Drive(LoadOrder order)
    {
        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var until = started + (long)(order.Seconds * Stopwatch.Frequency);
        Worker[] workers =
        [
            .. Enumerable.Range(0, order.Connections).Select(number => new Worker(order, number, until)),
        ];
        Thread[] threads = [.. workers.Select(worker => new Thread(worker.Run, maxStackSize: 1 << 18))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        self.Refresh();
        var times = Histogram.Sum(workers.Select(worker => worker.Times));
        var errors = workers
            .SelectMany(worker => worker.Errors)
            .GroupBy(error => error.Key, error => error.Value)
            .ToDictionary(group => group.Key, group => group.Sum());

        // With an undo the elapsed time includes more than the request, so the rate follows from the times of the
        // requests.
        var rate = workers[0].Undoes
            ? times.Count == 0
                ? 0
                : order.Connections * 1e6 / times.Mean
            : times.Count / seconds;
        return new(
            times.Count + errors.Values.Sum(),
            errors,
            seconds,
            rate,
            times.Quantile(0.5),
            times.Quantile(0.99),
            times.Mean,
            (self.TotalProcessorTime - cpu).TotalSeconds
        );
    }

    private sealed class Worker(LoadOrder order, int number, long until)
    {
        private readonly Operation operation = Operations.Named(order.Operation);
        private readonly Draw draw = new(order, number);
        private readonly RequestBuffer request = new();
        private Connection? connection;

        public Histogram Times { get; } = new();

        public Dictionary<int, long> Errors { get; } = [];

        public bool Undoes => operation.Undo is not null;

        public void Run()
        {
            while (Stopwatch.GetTimestamp() < until && (order.Limit is null || draw.Number < order.Limit))
            {
                Ask(operation.Pick?.Invoke(draw) ?? operation, Times);
                if (operation.Undo is not null)
                {
                    Ask(operation.Undo, null);
                }

                draw.Next();
            }

            connection?.Dispose();
        }

        private void Ask(Operation asked, Histogram? times)
        {
            asked.Write(request, draw);
            var started = Stopwatch.GetTimestamp();
            var status = 0;
            try
            {
                connection ??= new(order.Port);
                status = connection.Send(request.Bytes, out _);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                connection?.Dispose();
                connection = null;
            }

            if (status == asked.Status)
            {
                times?.Add(Stopwatch.GetElapsedTime(started).Ticks);
            }
            else
            {
                Errors[status] = Errors.GetValueOrDefault(status) + 1;
            }
        }
    }
}
