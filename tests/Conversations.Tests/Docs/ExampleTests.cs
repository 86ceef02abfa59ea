using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conversations.Tests.HelperLibraries;

namespace Conversations.Tests.Docs;

/// <summary>The examples of the documents, run against a server as the documents describe.</summary>
public sealed class ExampleTests
{
    private const string DocumentedAddress = "http://localhost:8080";

    private const StringComparison Ordinal = StringComparison.Ordinal;

    [NeedsNode]
    [InlineData("README.md", "MB* alice")]
    [InlineData(
        "src/docs/helper-libraries.md",
        "MB* alice {\"role\":\"driver\"}",
        "MB* +15558675310 {\"role\":\"customer\"}",
        "409 50433 Participant already exists"
    )]
    public Task The_Node_js_example_prints_the_documented_lines(string document, params string[] lines) =>
        PrintsAsync(document, "js", "cjs", NodeLibrary.Start, lines);

    [NeedsPython]
    [InlineData("README.md", "MB* alice")]
    [InlineData(
        "src/docs/helper-libraries.md",
        "MB* alice {\"role\": \"driver\"}",
        "MB* +15558675310 {\"role\": \"customer\"}",
        "409 50433 Unable to create record: Participant already exists"
    )]
    public Task The_Python_example_prints_the_documented_lines(string document, params string[] lines) =>
        PrintsAsync(document, "python", "py", PythonLibrary.Start, lines);

    [NeedsShell]
    public async Task The_requests_of_README_succeed_in_sh_twice_and_each_answer_is_one_line()
    {
        await using var server = await ServerProcess.StartAsync();
        var requests = Here(Requests("README.md"), server);

        var answers = Answers(await ShellAsync(requests + requests));

        Assert.Equal(2 * Regex.Count(requests, "^curl ", RegexOptions.Multiline), answers.Count);
        Assert.DoesNotContain(answers, answer => answer["code"] is not null);
        foreach (var round in answers.Chunk(answers.Count / 2))
        {
            Assert.Equal("alice", (string?)round[^2]["participants"]![0]!["identity"]);
            Assert.Equal("sms", (string?)round[^2]["participants"]![1]!["messaging_binding"]!["type"]);
            Assert.True(
                JsonNode.DeepEquals(round[^2]["participants"]![1]!["sid"], round[^1]["participants"]![1]!["sid"])
            );
        }
    }

    [NeedsShellAndNode]
    public async Task The_webhook_handler_allows_bob_and_rejects_mallory()
    {
        var webhooks = MarkdownFile.Read("src/docs/webhooks.md");
        await using var server = await ServerProcess.StartAsync();
        var port = FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(server.Folder, "handler.cjs"),
            AtPort(Assert.Single(webhooks.Blocks("js")))
        );
        await using Handler handler = new(NodeLibrary.Start(Path.Combine(server.Folder, "handler.cjs")));
        await handler.ListensAsync(port);

        var answers = Answers(
            await ShellAsync(AtPort(Here(Requests("README.md"), server) + Requests("src/docs/webhooks.md")))
        );

        Assert.Equal("bob", (string?)answers[^2]["identity"]);
        Assert.Equal((403, 50056), ((int?)answers[^1]["status"], (int?)answers[^1]["code"]));
        Assert.Equal(
            [
                "true /after onParticipantAdded bob",
                "true /before onParticipantAdd bob",
                "true /before onParticipantAdd mallory",
            ],
            (await handler.LinesAsync(3)).Order(StringComparer.Ordinal)
        );

        string AtPort(string text) => text.Replace("3000", $"{port}", StringComparison.Ordinal);
    }

    [NeedsShell]
    public async Task The_commands_for_a_test_run_start_a_server_in_memory_and_stop_it()
    {
        var commands = Assert
            .Single(
                MarkdownFile.Read("src/docs/testing.md").Blocks("sh"),
                block => block.Contains("server=$!", StringComparison.Ordinal)
            )
            .Replace(
                "src/Conversations.Api/bin/Release/net10.0/Conversations.Api.dll",
                typeof(Program).Assembly.Location,
                StringComparison.Ordinal
            )
            .Replace("18080", $"{FreePort()}", StringComparison.Ordinal);

        var output = await ShellAsync(commands);

        Assert.Contains("\"friendly_name\":\"test\"", output, StringComparison.Ordinal);
    }

    [NeedsShell]
    public async Task The_examples_for_tests_succeed_in_sh_one_after_another()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var commands = string.Join(
            "\necho\n",
            MarkdownFile.Read("src/docs/testing.md").Blocks("sh").SkipWhile(b => !b.StartsWith("api=", Ordinal))
        );

        var output = await ShellAsync(
            Here(commands, server).Replace("http://localhost:3000/after", receiver.Url("/after"), Ordinal)
        );

        foreach (
            var text in new[]
            {
                "\"event\":\"onConversationAdded\"",
                "\"result\":\"delivered\"",
                "409, as expected",
                "\"rule\":\"A unique name belongs to one conversation",
                "{\"rows\":",
                "\"name\":\"prepared\"",
                "\"body\":\"Hello\"",
                "429, as expected",
                "\"rule\":\"The rule of faults FR",
                "\"matches\":2,\"hits\":1",
                "\"result\":\"delivered\",\"conversation_sid\"",
                "\"from\":\"+15017122661\",\"to\":\"+15558675399\",\"body\":\"In two minutes\"",
                "\"status\":\"delivered\"",
                "\"phones\":[{\"address\":\"+15558675310\",\"messages\":",
                "\"now\":\"2030-01-12T03:04:05+00:00\"",
                "\"fired\":{\"timer\":1,",
                "\"state\":\"closed\"",
                "the same account",
            }
        )
        {
            Assert.Contains(text, output, Ordinal);
        }
    }

    // The blocks with requests, as if pasted into one terminal.
    private static string Requests(string document) =>
        string.Concat(
            MarkdownFile.Read(document).Blocks("sh").Where(block => block.Contains("curl", StringComparison.Ordinal))
        );

    private static async Task<string> ShellAsync(string commands)
    {
        var folder = Directory.CreateTempSubdirectory("conversations-example-").FullName;
        try
        {
            ProcessStartInfo info = new("sh", ["-eu"]) { WorkingDirectory = folder };
            ServerProcess.SetEnvironment(info, []);
            return await LibraryProgram.RunAsync(info, commands);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<JsonNode> Answers(string output) =>
        [.. output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task PrintsAsync(
        string document,
        string language,
        string extension,
        Func<string, ProcessStartInfo> start,
        string[] lines
    )
    {
        await using var server = await ServerProcess.StartAsync();
        var program = Path.Combine(server.Folder, $"example.{extension}");
        await File.WriteAllTextAsync(
            program,
            Here(Assert.Single(MarkdownFile.Read(document).Blocks(language)), server)
        );

        var output = await LibraryProgram.RunAsync(start(program), "");

        var printed = output
            .TrimEnd()
            .Split('\n')
            .Select(line => line.StartsWith("MB", StringComparison.Ordinal) ? $"MB*{line[34..]}" : line);
        Assert.Equal(lines, printed);
    }

    private static string Here(string example, ServerProcess server)
    {
        Assert.Contains(DocumentedAddress, example, StringComparison.Ordinal);
        return example.Replace(
            DocumentedAddress,
            server.Http.BaseAddress!.ToString().TrimEnd('/'),
            StringComparison.Ordinal
        );
    }

    /// <summary>The process of the example handler. It ends on disposal.</summary>
    private sealed class Handler : IAsyncDisposable
    {
        private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

        private readonly Process process;

        public Handler(ProcessStartInfo start)
        {
            start.RedirectStandardOutput = true;
            process = Process.Start(start)!;
        }

        public async Task ListensAsync(int port)
        {
            using CancellationTokenSource timeout = new(Timeout);
            while (!process.HasExited)
            {
                using TcpClient client = new();
                try
                {
                    await client.ConnectAsync("localhost", port, timeout.Token);
                    return;
                }
                catch (SocketException)
                {
                    await Task.Delay(50, timeout.Token);
                }
            }

            Assert.Fail($"The handler ended with {process.ExitCode}.");
        }

        public async Task<IReadOnlyList<string?>> LinesAsync(int count)
        {
            using CancellationTokenSource timeout = new(Timeout);
            List<string?> lines = [];
            while (lines.Count < count)
            {
                lines.Add(await process.StandardOutput.ReadLineAsync(timeout.Token));
            }

            return lines;
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
