using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Conversations.TestSupport;

/// <summary>
/// The built server as its own process, as an operator starts it: in an empty folder, configured only by the
/// environment that the test gives. For what only a whole process shows: start, end and output.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>The built-in account of Development and its token, as README prints them.</summary>
    public const string AccountSid = "AC00000000000000000000000000000001";

    public const string AuthToken = "AuthTokenForLocalUseOnly00000001";

    // Only a hanging server takes this long.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(4);

    private readonly List<string> lines = [];
    private readonly List<string> errors = [];
    private readonly Process process;
    private readonly bool ownsFolder;
    private TaskCompletionSource said = new();

    // A process that writes its id to the file is in the control group. The shell becomes the server.
    private const string Join = """echo $$ > "$0" && exec dotnet "$@" """;

    private ServerProcess(
        (string Name, string Value)[] environment,
        string[] arguments,
        string? folder,
        string? group = null
    )
    {
        (ownsFolder, Folder) = (
            folder is null,
            folder ?? Directory.CreateTempSubdirectory("conversations-server-").FullName
        );
        process = new() { StartInfo = Command(environment, arguments, Folder, group) };
        process.OutputDataReceived += (_, e) => Hear(e.Data, isError: false);
        process.ErrorDataReceived += (_, e) => Hear(e.Data, isError: true);
        process.Start();
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The working folder of the process, which contains its default database.</summary>
    public string Folder { get; }

    /// <summary>Authenticated as the built-in account.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>All output of the process so far.</summary>
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

    /// <summary>The resident memory of the process, in bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>
    /// Starts a server in Development on a free port and waits until it listens. Its timeouts are long, so that a busy
    /// machine does not make the database look unavailable.
    /// </summary>
    /// <param name="folder">
    /// The working folder, for a second start with the files of the first one; null for a folder that is deleted with
    /// the process.
    /// </param>
    public static Task<ServerProcess> StartAsync(
        string? folder = null,
        params (string Name, string Value)[] environment
    ) => StartAsync(folder, InDevelopment(environment), "--urls", "http://127.0.0.1:0");

    /// <summary>The same in a control group of Linux.</summary>
    /// <param name="group">The group's file cgroup.procs; null for none.</param>
    public static Task<ServerProcess> StartInGroupAsync(
        string? group,
        params (string Name, string Value)[] environment
    ) => ListeningAsync(new(InDevelopment(environment), ["--urls", "http://127.0.0.1:0"], folder: null, group));

    /// <summary>Starts a server with exactly this environment and these arguments. Waits until it listens.</summary>
    public static Task<ServerProcess> StartAsync(
        string? folder,
        (string Name, string Value)[] environment,
        params string[] arguments
    ) => ListeningAsync(new(environment, arguments, folder));

    private static (string Name, string Value)[] InDevelopment((string Name, string Value)[] environment) =>
        [("ASPNETCORE_ENVIRONMENT", "Development"), ("Limits__DatabaseSeconds", "240"), .. environment];

    private static async Task<ServerProcess> ListeningAsync(ServerProcess server)
    {
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

    /// <summary>Runs an operator's command in the folder of a server and waits until it ends.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        string folder,
        (string Name, string Value)[] environment,
        params string[] arguments
    )
    {
        await using ServerProcess command = new(environment, arguments, folder);
        await command.process.WaitForExitAsync().WaitAsync(MaxWait);
        return (command.process.ExitCode, command.Output);
    }

    /// <summary>
    /// Runs a server with exactly this environment and these arguments in the folder. Waits until it ends or listens.
    /// </summary>
    /// <param name="folder">Null for an empty folder.</param>
    public static async Task<Ended> EndAsync(
        string? folder,
        (string Name, string Value)[] environment,
        params string[] arguments
    )
    {
        await using ServerProcess server = new(environment, arguments, folder);
        var ended = server.process.WaitForExitAsync().WaitAsync(MaxWait);
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

    /// <summary>Waits for the first line with that text, or the one of that number, and returns it.</summary>
    public async Task<string> LineAsync(string text, int number = 1)
    {
        using CancellationTokenSource timeout = new(MaxWait);
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

            var ended = process.WaitForExitAsync(timeout.Token);
            if (await Task.WhenAny(next, ended) == ended && !next.IsCompleted)
            {
                throw new InvalidOperationException(
                    $"The server {(process.HasExited ? "ended" : "timed out")} without the output \"{text}\":\n{Output}"
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

    /// <summary>Ends the process at once, as a power cut does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>
    /// Asks the process to end (SIGTERM), as an operator or a supervisor does, and waits until it ends.
    /// </summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(MaxWait);
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
        string folder,
        string? group
    )
    {
        string[] command = [typeof(Program).Assembly.Location, .. arguments];
        ProcessStartInfo info = new(
            group is null ? "dotnet" : "/bin/sh",
            group is null ? command : ["-c", Join, group, .. command]
        )
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

    /// <summary>Removes all configuration of a server from the environment except the given variables.</summary>
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
