using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Conversations.TestSupport;

/// <summary>
/// The built server as a process of its own, as an operator starts it: in an empty folder, with nothing in its environment that configures
/// it but what the test gives. For what only a whole process shows: its start, its end, its output.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>The built-in account of Development and its token, as README prints them.</summary>
    public const string AccountSid = "AC00000000000000000000000000000001";

    public const string AuthToken = "AuthTokenForLocalUseOnly00000001";

    // Only a server that hangs takes as long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly List<string> lines = [];
    private readonly List<string> errors = [];
    private readonly Process process;
    private readonly bool ownsFolder;
    private TaskCompletionSource said = new();

    private ServerProcess((string Name, string Value)[] environment, string[] arguments, string? folder)
    {
        (ownsFolder, Folder) = (
            folder is null,
            folder ?? Directory.CreateTempSubdirectory("conversations-server-").FullName
        );
        process = new() { StartInfo = Command(environment, arguments, Folder) };
        process.OutputDataReceived += (_, e) => Hear(e.Data, isError: false);
        process.ErrorDataReceived += (_, e) => Hear(e.Data, isError: true);
        process.Start();
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where the process runs, so where its default database is.</summary>
    public string Folder { get; }

    /// <summary>Authenticated as the built-in account.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>All that the process wrote until now.</summary>
    public string Output
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <summary>The part of <see cref="Output"/> that went to standard error.</summary>
    public string Errors
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', errors);
            }
        }
    }

    /// <summary>What the process holds of the machine's memory, in bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts a server in Development on a free port, which takes no database on a busy machine for one that is away, and waits until it listens.</summary>
    /// <param name="folder">Where to run, for a second start with what the first one left; null for a folder that goes with the process.</param>
    public static Task<ServerProcess> StartAsync(
        string? folder = null,
        params (string Name, string Value)[] environment
    ) =>
        StartAsync(
            folder,
            [("ASPNETCORE_ENVIRONMENT", "Development"), ("Limits__DatabaseSeconds", "240"), .. environment],
            "--urls",
            "http://127.0.0.1:0"
        );

    /// <summary>Starts a server with exactly this environment and these arguments, and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(
        string? folder,
        (string Name, string Value)[] environment,
        params string[] arguments
    )
    {
        ServerProcess server = new(environment, arguments, folder);
        try
        {
            var line = await server.LineAsync("Now listening on: ");
            server.Http = NewClient(new(Url().Match(line).Value), AccountSid, AuthToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of an operator, in the folder of a server, and waits until it is done.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        string folder,
        (string Name, string Value)[] environment,
        params string[] arguments
    )
    {
        await using ServerProcess command = new(environment, arguments, folder);
        await command.process.WaitForExitAsync().WaitAsync(Patience);
        return (command.process.ExitCode, command.Output);
    }

    /// <summary>Runs a server with exactly this environment and these arguments in the folder, and waits until it ends or listens.</summary>
    /// <param name="folder">Null for an empty folder.</param>
    public static async Task<Ended> EndAsync(
        string? folder,
        (string Name, string Value)[] environment,
        params string[] arguments
    )
    {
        await using ServerProcess server = new(environment, arguments, folder);
        var ended = server.process.WaitForExitAsync().WaitAsync(Patience);
        var listening = server.LineAsync("Now listening on: ");
        if (await Task.WhenAny(ended, listening) == listening && listening.IsCompletedSuccessfully)
        {
            return new(null, server.Output, server.Errors);
        }

        await ended;
        return new(server.process.ExitCode, server.Output, server.Errors);
    }

    public static HttpClient NewClient(Uri address, string user, string password)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(5),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
        );
        return http;
    }

    /// <summary>The first line with that text (or the one of that number), as soon as it is there.</summary>
    public async Task<string> LineAsync(string text, int number = 1)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            Task next;
            lock (lines)
            {
                if (
                    lines.Where(line => line.Contains(text, StringComparison.Ordinal)).ElementAtOrDefault(number - 1) is
                    { } found
                )
                {
                    return found;
                }

                next = said.Task;
            }

            var ended = process.WaitForExitAsync(patience.Token);
            if (await Task.WhenAny(next, ended) == ended && !next.IsCompleted)
            {
                throw new InvalidOperationException(
                    $"The server {(process.HasExited ? "ended" : "kept silent")} and never said \"{text}\":\n{Output}"
                );
            }
        }
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, params (string Name, string Value)[] form) =>
        SendAsync(
            new(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))),
            }
        );

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Http.SendAsync(request);
            return new(
                response.StatusCode,
                await response.Content.ReadAsStringAsync(),
                response.Headers,
                response.Content.Headers
            );
        }
    }

    /// <summary>Ends the process at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, as an operator or a supervisor does (SIGTERM), and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        Http.Dispose();
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
        if (ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static ProcessStartInfo Command(
        (string Name, string Value)[] environment,
        string[] arguments,
        string folder
    )
    {
        ProcessStartInfo info = new("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        SetEnvironment(info, environment);
        return info;
    }

    /// <summary>Leaves nothing that configures a server but what is given.</summary>
    internal static void SetEnvironment(ProcessStartInfo info, (string Name, string Value)[] environment)
    {
        foreach (var name in info.Environment.Keys.Where(IsConfiguration).ToList())
        {
            info.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }
    }

    private static bool IsConfiguration(string name) =>
        name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.Contains("__", StringComparison.Ordinal)
        || name is "DOTNET_ENVIRONMENT" or "DOTNET_URLS" or "PublicUrl";

    private void Hear(string? line, bool isError)
    {
        if (line is not null)
        {
            TaskCompletionSource heard;
            lock (lines)
            {
                lines.Add(line);
                if (isError)
                {
                    errors.Add(line);
                }

                (heard, said) = (said, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            heard.SetResult();
        }
    }

    private void KillAtExit(object? sender, EventArgs e) => process.Kill();

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Url();
}

/// <summary>How a server process ended.</summary>
/// <param name="Code">The exit code; null when the process listened and was killed.</param>
/// <param name="Output">Standard output and standard error.</param>
/// <param name="Errors">Standard error.</param>
public sealed record Ended(int? Code, string Output, string Errors);
