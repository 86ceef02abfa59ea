using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Conversations.Bench;

/// <summary>emulate (npm), another stand-in for Twilio: one thread of Node.js, all data in memory.</summary>
internal sealed partial class Emulate(Host host)
{
    /// <summary>The participants of its large conversation.</summary>
    public const int LargeSize = 100_000;

    private const int Conversations = 200;

    private const int SmallSize = 50;

    private const int Parallel = 16;

    public Host Host => host;

    /// <param name="installed">The folder with node_modules.</param>
    /// <param name="folder">Gets the configuration.</param>
    public static async Task<Host> StartAsync(string installed, string folder)
    {
        var configuration = Path.Combine(folder, "emulate.yaml");
        await File.WriteAllTextAsync(
            configuration,
            $"twilio:\n  account:\n    sid: {Dataset.AccountSid}\n    auth_token: {Dataset.AuthToken}\n"
        );
        await RaiseLimitAsync(Path.Combine(installed, "node_modules", "emulate", "dist"), "remaining: 5e3");
        var (modules, port) = (Path.GetFullPath(Path.Combine(installed, "node_modules", ".bin")), FreePort());
        return await Host.StartAsync(
            Path.Combine(modules, "node"),
            [Path.Combine(modules, "emulate"), "start", "-s", "twilio", "-p", port, "--config", configuration],
            folder
        );
    }

    // It answers 5,000 requests an hour, and 403 to all others.
    private static async Task RaiseLimitAsync(string folder, string limit)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.js"))
        {
            var script = await File.ReadAllTextAsync(file);
            if (script.Contains(limit, StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(file, script.Replace(limit, "remaining: 1e15", StringComparison.Ordinal));
            }
        }
    }

    /// <returns>The paths of conversations with 50 participants each.</returns>
    public async Task<IReadOnlyList<string>> LoadSmallAsync(CancellationToken cancellationToken)
    {
        using var http = Client();
        var service = await NewAsync(http, "Services", "FriendlyName=bench", cancellationToken);
        List<string> paths = [];
        for (var i = 0; i < Conversations; i++)
        {
            paths.Add(
                await NewAsync(http, $"Services/{service}/Conversations", $"FriendlyName={i}", cancellationToken)
            );
        }

        paths = [.. paths.Select(sid => $"/conversations/v1/Services/{service}/Conversations/{sid}")];
        await AddAsync(http, [.. paths.SelectMany(path => Enumerable.Repeat(path, SmallSize))], cancellationToken);
        return paths;
    }

    /// <returns>The path of a conversation with <see cref="LargeSize"/> participants.</returns>
    public async Task<IReadOnlyList<string>> LoadLargeAsync(CancellationToken cancellationToken)
    {
        using var http = Client();
        var service = await NewAsync(http, "Services", "FriendlyName=large", cancellationToken);
        var sid = await NewAsync(http, $"Services/{service}/Conversations", "FriendlyName=large", cancellationToken);
        var path = $"/conversations/v1/Services/{service}/Conversations/{sid}";
        await AddAsync(http, [.. Enumerable.Repeat(path, LargeSize)], cancellationToken);
        return [path];
    }

    private static async Task AddAsync(HttpClient http, string[] paths, CancellationToken cancellationToken)
    {
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"emulate: adding {paths.Length:N0} participants"));
        await System.Threading.Tasks.Parallel.ForAsync(
            0,
            paths.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (i, token) => await NewAsync(http, $"{paths[i]}/Participants", $"Identity=user-{i}", token)
        );
    }

    private static async Task<string> NewAsync(
        HttpClient http,
        string path,
        string form,
        CancellationToken cancellationToken
    )
    {
        using StringContent content = new(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await http.PostAsync(path, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return Sid().Match(await answer.Content.ReadAsStringAsync(cancellationToken)).Groups["sid"].Value;
    }

    private HttpClient Client() =>
        new()
        {
            BaseAddress = new($"http://127.0.0.1:{host.Port}/conversations/v1/"),
            DefaultRequestHeaders =
            {
                Authorization = new(
                    "Basic",
                    Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Dataset.AccountSid}:{Dataset.AuthToken}"))
                ),
            },
        };

    private static string FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"""sid"":\s*""(?<sid>\w+)""")]
    private static partial Regex Sid();
}
