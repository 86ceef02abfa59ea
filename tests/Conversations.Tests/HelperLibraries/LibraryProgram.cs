using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.HelperLibraries;

/// <summary>
/// A program in another language that calls the server through Twilio's library. A line of its folder that starts with
/// scenario('…' or @scenario('…' begins a scenario. For each store one process runs all scenarios in both route shapes,
/// each with its own account.
/// </summary>
/// <param name="file">The path of the program, relative to this file.</param>
/// <param name="start">
/// Returns the start information of the program at a path. Throws when a requirement is missing.
/// </param>
internal sealed partial class LibraryProgram(string file, Func<string, ProcessStartInfo> start)
{
    // Far more than needed. It ends a library that waits forever.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    // The programs share one server for each store. It delivers messages at once.
    private static readonly Dictionary<Store, Lazy<Task<TestServer>>> Servers = Enum.GetValues<Store>()
        .ToDictionary(
            store => store,
            store => new Lazy<Task<TestServer>>(async () =>
                TestServer.With(await WebhookServers.NewDatabaseAsync(store), ("Delivery:StepSeconds", "0"))
            )
        );

    private readonly Dictionary<Store, Lazy<Task<Dictionary<(Shape, string), string?>>>> runs = Enum.GetValues<Store>()
        .ToDictionary(
            store => store,
            store => new Lazy<Task<Dictionary<(Shape, string), string?>>>(() => RunAsync(file, start, store))
        );

    /// <summary>Fails with the program's output unless the scenario passed.</summary>
    public async Task PassesAsync(Store store, Shape shape, string scenario)
    {
        var outcomes = await runs[store].Value;
        Assert.True(outcomes[(shape, scenario)] is null, outcomes[(shape, scenario)]);
    }

    public static IEnumerable<string> ScenariosOf(string file) =>
        Directory
            .EnumerateFiles(Path.GetDirectoryName(PathOf(file))!, $"*{Path.GetExtension(file)}")
            .SelectMany(File.ReadLines)
            .Select(line => ScenarioLine().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value);

    public static string PathOf(string file) => Path.Combine(Folder(), file);

    private static async Task<Dictionary<(Shape, string), string?>> RunAsync(
        string file,
        Func<string, ProcessStartInfo> start,
        Store store
    )
    {
        var (server, cases) = (await Servers[store].Value, new List<Case>());
        foreach (var scenario in ScenariosOf(file))
        {
            foreach (var shape in Enum.GetValues<Shape>())
            {
                cases.Add(Case.Of(server, await server.TakeAccountAsync(), shape, scenario));
            }
        }

        var output = await RunAsync(start(PathOf(file)), JsonSerializer.Serialize(cases, Json));
        var errors = JsonSerializer.Deserialize<string?[]>(output)!;
        return cases.Zip(errors).ToDictionary(pair => (pair.First.Shape, pair.First.Scenario), pair => pair.Second);
    }

    /// <summary>
    /// Runs a program with that input and returns its output. Throws with the output when the program fails.
    /// </summary>
    public static async Task<string> RunAsync(ProcessStartInfo start, string input)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;

        // Settings that would redirect a library: a proxy, or Twilio's own settings.
        foreach (
            var variable in start
                .Environment.Keys.Where(key =>
                    key.StartsWith("TWILIO_", StringComparison.Ordinal)
                    || key.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)
                )
                .ToList()
        )
        {
            start.Environment.Remove(variable);
        }

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(MaxWait);
        try
        {
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(timeout.Token),
                process.StandardError.ReadToEndAsync(timeout.Token)
            );
            await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"{start.FileName} ended with {process.ExitCode}: {await output}{await errors}"
                );
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    [GeneratedRegex("^@?scenario\\([\"'](?<name>[^\"']+)[\"']")]
    private static partial Regex ScenarioLine();

    private sealed record Case(
        string Scenario,
        Shape Shape,
        string Address,
        string AccountSid,
        string AuthToken,
        string ApiKeySid,
        string ApiKeySecret,
        string ChatServiceSid
    )
    {
        public static Case Of(TestServer server, string accountSid, Shape shape, string scenario)
        {
            var key = TestServer.ApiKeyOf(accountSid);
            return new(
                scenario,
                shape,
                server.Address.ToString().TrimEnd('/'),
                accountSid,
                TestServer.TokenOf(accountSid),
                key.Sid,
                key.Secret,
                $"IS{accountSid[2..]}"
            );
        }
    }
}
