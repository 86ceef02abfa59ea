using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Conversations.Bench;

/// <summary>
/// A process that serves HTTP: the server or the floor. Its output is read continuously and discarded, as a log shipper
/// reads it.
/// </summary>
internal sealed partial class Host : IAsyncDisposable
{
    public const string Locked = "database is locked";

    private readonly Process process;
    private readonly TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task drained;
    private string tail = "";

    private Host(string file, string[] arguments, string folder, (string Name, string Value)[] environment)
    {
        ProcessStartInfo info = new(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ServerProcess.SetEnvironment(info, environment);
        process = Process.Start(info)!;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        drained = Task.WhenAll(
            DrainAsync(process.StandardOutput.BaseStream),
            DrainAsync(process.StandardError.BaseStream)
        );
    }

    public int Port { get; private set; }

    /// <summary>The number of times that SQLite reported a locked database.</summary>
    public int LockedCount { get; private set; }

    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>
    /// The CPU seconds of the thread that compiles busy methods a second time; null where there is no /proc.
    /// </summary>
    public double? TierUpSeconds
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return null;
            }

            // A thread that does not exist yet has not compiled anything. One that idles ends, and a later one starts
            // at zero.
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{process.Id}/task"))
            {
                try
                {
                    if (
                        File.ReadAllText(Path.Combine(thread, "comm"))
                            .StartsWith(".NET Tiered", StringComparison.Ordinal)
                    )
                    {
                        var nanoseconds = File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0];
                        return double.Parse(nanoseconds, System.Globalization.CultureInfo.InvariantCulture) / 1e9;
                    }
                }
                catch (IOException)
                {
                    // The thread has ended.
                }
            }

            return 0;
        }
    }

    /// <summary>Resident memory, in MiB.</summary>
    public double Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Starts the process and waits until it prints its address.</summary>
    public static async Task<Host> StartAsync(
        string file,
        string[] arguments,
        string folder,
        params (string Name, string Value)[] environment
    )
    {
        Host host = new(file, arguments, folder, environment);
        if (await Task.WhenAny(host.port.Task, host.drained, Task.Delay(TimeSpan.FromMinutes(2))) != host.port.Task)
        {
            await host.DisposeAsync();
            throw new InvalidOperationException($"{file} did not start: {host.tail}");
        }

        host.Port = await host.port.Task;
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        await drained;
        process.Dispose();
    }

    private async Task DrainAsync(Stream output)
    {
        var bytes = new byte[1 << 16];
        int count;
        while ((count = await output.ReadAsync(bytes)) > 0)
        {
            // The last characters of the previous block, because the text may be split across blocks.
            var text = tail + Encoding.UTF8.GetString(bytes, 0, count);
            if (!port.Task.IsCompleted && Listening().Match(text) is { Success: true } match)
            {
                port.SetResult(int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
            }

            LockedCount += text.Contains(Locked, StringComparison.Ordinal) ? 1 : 0;
            tail = port.Task.IsCompleted ? text[Math.Max(0, text.LastIndexOf('\n'))..] : text;
        }
    }

    private void KillAtExit(object? sender, EventArgs e) => process.Kill();

    // The server and the floor, and emulate.
    [GeneratedRegex(@"(?:Now listening on: http://127\.0\.0\.1|twilio  http://localhost):(\d+)\s")]
    private static partial Regex Listening();
}
