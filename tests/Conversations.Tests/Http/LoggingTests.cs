using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;

namespace Conversations.Tests.Http;

/// <summary>
/// The log of a request, and what it must never contain: identities, addresses, attributes, names, tokens.
/// </summary>
public sealed partial class LoggingTests(LoggingTests.RunningServer running) : IClassFixture<LoggingTests.RunningServer>
{
    [Fact]
    public async Task A_request_logs_one_line_with_its_id_and_no_personal_data()
    {
        await using var server = await ServerProcess.StartAsync();
        var conversation = (
            await server.PostAsync(
                "/v1/Conversations",
                ("FriendlyName", "personal-1"),
                ("UniqueName", "personal-2"),
                ("Attributes", "\"personal-3\"")
            )
        ).Created();
        var participants = $"/v1/Conversations/{conversation["sid"]}/Participants";

        await AssertLoggedAsync(server, conversation, "POST v1/Conversations 201");
        await AssertWritesAreLoggedAsync(server, participants, conversation["sid"]);
        await AssertReadsAreLoggedAsync(server, participants, conversation["chat_service_sid"]);
        await AssertUnknownPathsAreLoggedAsync(server, conversation["sid"]);
        await AssertLoggedAsync(
            server,
            await server.SendAsync(new(HttpMethod.Put, $"{participants}/personal-14")),
            "PUT /v1/Conversations/{…}/Participants/{…} 405 20004 Method not allowed"
        );

        using (var stranger = ServerProcess.NewClient(server.Http.BaseAddress!, "personal-15", "personal-16"))
        using (var refused = await stranger.GetAsync("/v1/Conversations/personal-17"))
        {
            await AssertLoggedAsync(
                server,
                new(refused.StatusCode, "", refused.Headers, refused.Content.Headers),
                "GET /v1/Conversations/{…} 401 20003 Authenticate",
                account: "-"
            );
        }

        AssertNothingPersonal(server.Output);
    }

    [Fact]
    public async Task An_unexpected_failure_logs_its_exception_and_no_personal_data()
    {
        await using var server = await ServerProcess.StartAsync();
        var conversation = (await server.PostAsync("/v1/Conversations", ("UniqueName", "personal-2"))).Created()["sid"];
        var participants = $"/v1/Conversations/{conversation}/Participants";

        // A missing table is an unexpected failure.
        await using (SqliteConnection database = new($"Data Source={Path.Combine(server.Folder, "conversations.db")}"))
        {
            await database.OpenAsync();
            await using var drop = database.CreateCommand();
            drop.CommandText = "PRAGMA foreign_keys = 0; DROP TABLE participants";
            await drop.ExecuteNonQueryAsync();
        }

        foreach (
            var failed in new[]
            {
                await server.PostAsync(participants, ("Identity", "personal-18"), ("Attributes", "\"personal-19\"")),
                await server.PostAsync(
                    participants,
                    ("MessagingBinding.Address", "+15005550125"),
                    ("MessagingBinding.ProxyAddress", "+15005550126")
                ),
            }
        )
        {
            failed.Is(TwilioErrors.InternalServerError);
            await AssertLoggedAsync(
                server,
                failed,
                "POST v1/Conversations/{ConversationSid}/Participants 500 20500 Internal Server Error"
            );
        }

        var fetched = await server.GetAsync($"{participants}/personal-20");
        fetched.Is(TwilioErrors.InternalServerError);
        await AssertLoggedAsync(
            server,
            fetched,
            "GET v1/Conversations/{ConversationSid}/Participants/{Sid} 500 20500 Internal Server Error"
        );
        Assert.Contains("no such table", server.Output, StringComparison.Ordinal);
        Assert.Contains("SqliteException", server.Output, StringComparison.Ordinal);

        AssertNothingPersonal(server.Output);
    }

    [Fact]
    public async Task Health_checks_and_files_of_Swagger_UI_are_not_logged()
    {
        var server = running.Server;
        string[] paths =
        [
            "/health/ready",
            "/health/live",
            "/swagger/index.html",
            "/swagger/swagger-ui.css",
            "/swagger/v1/swagger.json",
            "/swagger/nothing.js",
            "/favicon.ico",
            "/console",
            "/console/app.js",
        ];
        var before = Lines(server.Output);
        await Task.WhenAll(paths.Select(server.GetAsync));

        // A later request. After its line, the lines of the earlier requests would be there, too.
        await AssertLoggedAsync(server, await server.GetAsync("/v1/Conversations"), "GET v1/Conversations 200");
        Assert.Equal(before, Lines(server.Output));

        static int Lines(string output) => Regex.Count(output, @"GET /?(health|swagger|console|\{…\})\S* ");
    }

    [Fact]
    public void Error_texts_in_the_log_contain_no_values_of_the_caller()
    {
        var withArguments = typeof(TwilioErrors)
            .GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == typeof(TwilioError))
            .ToList();
        Assert.NotEmpty(withArguments);
        foreach (var method in withArguments)
        {
            // SIDs are in the log anyway, and the names of parameters are Twilio's.
            var personal = method
                .GetParameters()
                .Where(parameter =>
                    !parameter.Name!.EndsWith("Sid", StringComparison.Ordinal) && parameter.Name != "name"
                );
            var error = (TwilioError)
                method.Invoke(
                    null,
                    [.. method.GetParameters().Select(parameter => (object)$"given-{parameter.Name}")]
                )!;

            Assert.All(
                personal,
                parameter => Assert.DoesNotContain($"given-{parameter.Name}", error.LogText, StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1 ", false)]
    [InlineData("TERM=dumb ", false)]
    public async Task A_terminal_gets_colours_unless_the_environment_disables_them(string environment, bool hasColours)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // script(1) is not installed.
        }

        // script(1), which Linux and macOS include, runs a command in its own terminal.
        var command =
            $"{environment}dotnet {typeof(Program).Assembly.Location} --urls http://127.0.0.1:0 --environment "
            + "Development --ConnectionStrings:Sqlite :memory:";
        ProcessStartInfo info = new("timeout", ["-s", "TERM", "120", "script", "-qefc", command, "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        ServerProcess.SetEnvironment(info, [("TERM", "xterm-256color")]);
        info.Environment.Remove("NO_COLOR");
        using var terminal = Process.Start(info)!;
        List<string> lines = [];
        while (await terminal.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Contains("Swagger UI", StringComparison.Ordinal))
            {
                break;
            }
        }

        terminal.Kill(entireProcessTree: true);
        Assert.Contains(lines, line => line.Contains("Swagger UI", StringComparison.Ordinal));
        Assert.Equal(hasColours, string.Concat(lines).Contains("\u001b[38;5;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_that_hangs_up_causes_no_error()
    {
        var server = running.Server;

        // Closes and resets the connection many times, because it varies what the server notices first.
        for (var i = 1; i <= 20; i++)
        {
            await HangUpAsync("/v1/Services", i, isReset: false, isHeard: false);
            await HangUpAsync("/v1/Services", i, isReset: true, isHeard: true);
            await HangUpAsync("/v1/Conversations", i, isReset: true, isHeard: false); // May never become a request.
        }

        // A request that ends before routing is logged with its path, /v1/Services.
        await server.LineAsync("v1/Services ", number: 40);
        Assert.DoesNotContain(" ERR]", server.Output, StringComparison.Ordinal);

        async Task HangUpAsync(string path, int milliseconds, bool isReset, bool isHeard)
        {
            using TcpClient caller = new() { LingerState = new(isReset, 0) };
            await caller.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
            await caller
                .GetStream()
                .WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                            + $"{server.Http.DefaultRequestHeaders.Authorization}\r\nContent-Type: "
                            + "application/x-www-form-urlencoded\r\n"
                            + $"{(isHeard ? "Expect: 100-continue\r\n" : "")}Content-Length: 100\r\n\r\n"
                            + "FriendlyName=half"
                    )
                );
            if (isHeard)
            {
                await caller.GetStream().ReadExactlyAsync(new byte["HTTP/1.1 100".Length]);
            }

            await Task.Delay(milliseconds);
        }
    }

    private static async Task AssertWritesAreLoggedAsync(ServerProcess server, string participants, string conversation)
    {
        await AssertLoggedAsync(
            server,
            await server.PostAsync(participants, ("Identity", "personal-4"), ("Attributes", "\"personal-5\"")),
            "POST v1/Conversations/{ConversationSid}/Participants 201"
        );
        await AssertLoggedAsync(
            server,
            await server.PostAsync(participants, ("Identity", "personal-4")),
            "POST v1/Conversations/{ConversationSid}/Participants 409 50433 Participant already exists"
        );
        await AssertLoggedAsync(
            server,
            await server.PostAsync(participants, ("Identity", "personal-6"), ("Attributes", "{personal-7")),
            "POST v1/Conversations/{ConversationSid}/Participants 400 50304 Attributes not valid JSON"
        );
        await AssertLoggedAsync(
            server,
            await server.PostAsync(
                participants,
                ("MessagingBinding.Address", "+15005550123"),
                ("MessagingBinding.ProxyAddress", "+15005550124")
            ),
            "POST v1/Conversations/{ConversationSid}/Participants 201"
        );
        await AssertLoggedAsync(
            server,
            await server.PostAsync(
                participants,
                ("MessagingBinding.Address", "+15005550123"),
                ("MessagingBinding.ProxyAddress", "+15005550124")
            ),
            $"POST v1/Conversations/{{ConversationSid}}/Participants 409 50416 A binding for this participant "
                + $"and proxy address already exists in Conversation {conversation}"
        );
        await AssertLoggedAsync(
            server,
            await server.PostAsync(participants, ("Identity", "personal-8\0")),
            "POST v1/Conversations/{ConversationSid}/Participants 400 20001 Malformed request"
        );
    }

    private static async Task AssertReadsAreLoggedAsync(ServerProcess server, string participants, string chatService)
    {
        await AssertLoggedAsync(
            server,
            await server.GetAsync($"{participants}/personal-4"),
            "GET v1/Conversations/{ConversationSid}/Participants/{Sid} 200"
        );
        await AssertLoggedAsync(
            server,
            await server.GetAsync("/v1/Conversations/personal-2/Participants?personal-9=personal-10"),
            "GET v1/Conversations/{ConversationSid}/Participants 200"
        );
        await AssertLoggedAsync(
            server,
            await server.GetAsync($"/v1/Services/{chatService}/Conversations/personal-11"),
            "GET v1/Services/{ChatServiceSid}/Conversations/{Sid} 404 20404 The requested resource was not found"
        );
    }

    private static async Task AssertUnknownPathsAreLoggedAsync(ServerProcess server, string conversation)
    {
        await AssertLoggedAsync(
            server,
            await server.GetAsync("/v1/personal-12?x=personal-13"),
            "GET /v1/{…} 404 20404 The requested resource was not found"
        );
        await AssertLoggedAsync(
            server,
            await server.GetAsync($"/v1/Conversations/{conversation}/Members/personal-21"),
            "GET /v1/Conversations/{…}/Members/{…} 404 20404 The requested resource was not found"
        );
        await AssertLoggedAsync(
            server,
            await server.GetAsync("/v1/conversations/personal-22/personal-23"),
            "GET /v1/Conversations/{…}/{…} 404 20404 The requested resource was not found"
        );
        await AssertLoggedAsync(
            server,
            await server.GetAsync("/v1/personal-24" + new string('/', 30) + string.Concat(Enumerable.Repeat("x/", 30))),
            "GET /v1/{…}/{…}/{…}/{…}/{…}/{…}/{…}/{…}/{…}/… 404 20404 The requested resource was not found"
        );
        await server.GetAsync("/personal-25");
        Assert.Contains(" INF]", await server.LineAsync("GET /{…} 404 20404 The requested resource was not found in "));
    }

    internal static void AssertNothingPersonal(string given)
    {
        // The log line of the built-in account contains its token, which README prints as well.
        var output = string.Join(
            '\n',
            given.Split('\n').Where(line => !line.Contains("] Built-in account", StringComparison.Ordinal))
        );
        Assert.DoesNotContain("personal-", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("500555", output, StringComparison.Ordinal);
        Assert.DoesNotContain(ServerProcess.AuthToken, output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServerProcess.AccountSid}:{ServerProcess.AuthToken}"))[
                ..40
            ],
            output,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// Fails unless exactly one line contains the answer's id, with that method, route and status, a time and the
    /// account.
    /// </summary>
    internal static async Task AssertLoggedAsync(
        ServerProcess server,
        Answer answer,
        string expected,
        string account = ServerProcess.AccountSid
    )
    {
        var id = Assert.Single(answer.Headers.GetValues("Twilio-Request-Id"));
        var line = await server.LineAsync($"{account}, {id}");
        Assert.Equal(
            $"{expected} in TIME ms, {account}, {id}",
            Time().Replace(line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..], "in TIME ms")
        );
        Assert.Contains((int)answer.Status >= 500 ? " ERR]" : " INF]", line, StringComparison.Ordinal);
        Assert.Single(server.Output.Split('\n'), other => other.Contains($"{account}, {id}", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"in \d+\.\d ms")]
    private static partial Regex Time();

    /// <summary>A server for the tests that share one.</summary>
    public sealed class RunningServer : IAsyncLifetime
    {
        public ServerProcess Server { get; private set; } = null!;

        public async Task InitializeAsync() =>
            Server = await ServerProcess.StartAsync(
                folder: null,
                ("ConnectionStrings__Sqlite", "Data Source=:memory:")
            );

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
