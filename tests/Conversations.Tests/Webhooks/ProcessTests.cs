using System.Globalization;
using Conversations.Api.Errors;

namespace Conversations.Tests.Webhooks;

/// <summary>
/// Behaviour of whole server processes: no event is lost when a server dies, two servers share the work, and operators
/// get their log lines and commands.
/// </summary>
public sealed class ProcessTests
{
    // A long timeout, because a receiver on a busy machine may be slow.
    private static readonly (string Name, string Value) LongTimeout = ("Webhooks__TimeoutSeconds", "60");

    [Theory, OnEachStore]
    public async Task The_next_server_delivers_the_events_of_a_killed_one_in_order(Store store)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var folder = Directory.CreateTempSubdirectory("conversations-killed-").FullName;
        (string, string)[] settings = [("Webhooks__FirstPauseSeconds", "0.1"), await DatabaseAsync(store, folder)];
        receiver.Hold();

        // No other server takes a claimed event before twice the timeout.
        await using (
            var server = await ServerProcess.StartAsync(folder, [.. settings, ("Webhooks__TimeoutSeconds", "5")])
        )
        {
            await ConfigureAsync(server, ("PostWebhookUrl", receiver.Url()), ("Filters", "onParticipantUpdated"));
            var alice = await NewParticipantAsync(server);
            await UpdateAsync(alice, 0..5, _ => server);
            await receiver.GotAsync(1);
            await server.KillAsync();
        }

        await receiver.DownAsync();

        // Only the first event was being delivered when the server died. On a slow machine it may have been sent more
        // than once.
        var unanswered = receiver.Requests.Count;
        Assert.All(Indexes(receiver.Requests), index => Assert.Equal(0, index));
        await using (var server = await ServerProcess.StartAsync(folder, [.. settings, LongTimeout]))
        {
            await server.LineAsync("Webhook onParticipantUpdated");
            receiver.AnswerWith(200);
            await receiver.UpAsync();

            // The receiver gets the first event again, before all others.
            Assert.Equal([0, 1, 2, 3, 4], Indexes(await receiver.GotAsync(unanswered + 5)).Skip(unanswered));
            await UpdateAsync(await NewParticipantAsync(server), 5..6, _ => server);
            Assert.Equal([0, 1, 2, 3, 4, 5], Indexes(await receiver.GotAsync(unanswered + 6)).Skip(unanswered));
        }

        Directory.Delete(folder, recursive: true);
    }

    [NeedsPostgres]
    public async Task Two_servers_on_one_database_send_every_event_once_and_in_order()
    {
        const int conversations = 8,
            updates = 20;
        await using var receiver = await WebhookReceiver.StartAsync();
        (string, string)[] settings = [LongTimeout, await DatabaseAsync(Store.Postgres, folder: "")];
        await using var first = await ServerProcess.StartAsync(null, settings);
        await using var second = await ServerProcess.StartAsync(null, settings);
        await ConfigureAsync(first, ("PostWebhookUrl", receiver.Url()), ("Filters", "onParticipantUpdated"));
        var participants = await Task.WhenAll(
            Enumerable.Range(0, conversations).Select(_ => NewParticipantAsync(first))
        );

        await Task.WhenAll(
            participants.Select(alice => UpdateAsync(alice, 0..updates, i => i % 2 == 0 ? first : second))
        );

        await receiver.GotAsync(conversations * updates);
        Assert.All(
            participants,
            alice =>
                Assert.Equal(
                    Enumerable.Range(0, updates),
                    Indexes(
                        receiver.Requests.Where(request =>
                            alice.Contains(request["ConversationSid"]!, StringComparison.Ordinal)
                        )
                    )
                )
        );
        Assert.Equal(conversations * updates, receiver.Requests.Count);
    }

    [Fact]
    public async Task The_log_has_one_line_for_each_delivery_and_no_personal_data()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = request =>
            Task.FromResult(new WebhookReply(request["Identity"] == "refused@example.com" ? 403 : 200, "an answer"));
        await using var server = await ServerProcess.StartAsync(
            null,
            [LongTimeout, ("http_proxy", receiver.Url()), ("all_proxy", receiver.Url())]
        );
        var url = receiver.Url("/path?key=of-the-receiver");
        await ConfigureAsync(
            server,
            [("PreWebhookUrl", url), ("PostWebhookUrl", url), .. Hooked.AllEvents.Select(name => ("Filters", name))]
        );
        var conversation = (await server.PostAsync("/v1/Conversations")).Created()["sid"];

        (
            await WriteAsync(
                server,
                $"/v1/Conversations/{conversation}/Participants",
                ("Identity", "alice@example.com"),
                ("Attributes", """{"secret":"attribute"}""")
            )
        ).Created();
        Assert.Matches(
            @"INF\] Webhook onParticipantAdded \d+ to 127\.\d+\.\d+\.\d+: 200 in \d+\.\d ms, attempt 1$",
            await server.LineAsync("Webhook onParticipantAdded")
        );

        (
            await WriteAsync(
                server,
                $"/v1/Conversations/{conversation}/Participants",
                ("Identity", "refused@example.com")
            )
        ).Is(TwilioErrors.WebhookCancelled);
        Assert.EndsWith(
            "INF] 50056: the pre-action webhook of onParticipantAdd refused with 403",
            await server.LineAsync("50056"),
            StringComparison.Ordinal
        );

        // A proxy of the environment would resolve names that this server must check itself.
        await server.LineAsync("Webhook onUserAdded");
        var requests = receiver.Requests.Count;
        await ConfigureAsync(
            server,
            ("PreWebhookUrl", "http://receiver.invalid/path?key=of-the-receiver"),
            ("Filters", "onParticipantAdd")
        );
        (
            await WriteAsync(server, $"/v1/Conversations/{conversation}/Participants", ("Identity", "bob@example.com"))
        ).Created();
        Assert.EndsWith(
            "WRN] 50076: the pre-action webhook of onParticipantAdd did not answer (NameResolutionError); the "
                + "change goes on",
            await server.LineAsync("50076"),
            StringComparison.Ordinal
        );
        Assert.Equal(requests, receiver.Requests.Count);

        AssertNoSecrets(server.Output, receiver.Requests[^1].Headers["X-Twilio-Signature"]);
    }

    [Fact]
    public async Task An_operator_lists_resends_or_discards_dead_letters()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = request =>
            Task.FromResult(new WebhookReply(request["LastReadMessageIndex"] == "3" ? 200 : 500));
        (string, string)[] settings =
        [
            LongTimeout,
            ("Webhooks__MaxAttempts", "1"),
            ("ASPNETCORE_ENVIRONMENT", "Development"),
        ];
        await using var server = await ServerProcess.StartAsync(null, settings);
        await ConfigureAsync(server, ("PostWebhookUrl", receiver.Url("/post")), ("Filters", "onParticipantUpdated"));
        var alice = await NewParticipantAsync(server);
        await UpdateAsync(alice, 0..4, _ => server);

        // The last event follows only after those before it are dead-lettered.
        await receiver.GotAsync(4);
        var listed = await CommandAsync("webhooks");
        Assert.Equal(0, listed.Code);
        string[] lines =
        [
            .. listed.Output.Split('\n').Where(line => line.Contains("onParticipantUpdated", StringComparison.Ordinal)),
        ];
        Assert.Equal(3, lines.Length);
        Assert.All(
            lines,
            line =>
                Assert.Matches(
                    $@"^\d+\t[-\d]+ [:\d]+Z\tonParticipantUpdated\t{alice.Split('/')[3]} "
                        + $@"{receiver.Url("/post")}\t1 attempts\t500$",
                    line
                )
        );

        receiver.AnswerWith(200);
        var (code, output) = await CommandAsync("webhooks", "resend", lines[1].Split('\t')[0]);
        Assert.Equal(0, code);
        Assert.Contains("1 to send again", output, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2, 3, 1], Indexes(await receiver.GotAsync(5)));

        (code, output) = await CommandAsync("webhooks", "discard", lines[2].Split('\t')[0]);
        Assert.Equal(0, code);
        Assert.Contains("1 discarded", output, StringComparison.Ordinal);
        (code, output) = await CommandAsync("webhooks", "discard", lines[2].Split('\t')[0]);
        Assert.Equal(1, code);
        Assert.Contains("No such delivery is dead-lettered.", output, StringComparison.Ordinal);

        (_, output) = await CommandAsync("webhooks", "resend");
        Assert.Contains("1 to send again", output, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2, 3, 1, 0], Indexes(await receiver.GotAsync(6)));

        receiver.Answer = request =>
            Task.FromResult(new WebhookReply(request["LastReadMessageIndex"] == "6" ? 200 : 500));
        await UpdateAsync(alice, 4..7, _ => server);
        await receiver.GotAsync(9);
        (_, output) = await CommandAsync("webhooks", "discard");
        Assert.Contains("2 discarded", output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "onParticipantUpdated",
            (await CommandAsync("webhooks")).Output,
            StringComparison.Ordinal
        );

        Task<(int Code, string Output)> CommandAsync(params string[] words) =>
            ServerProcess.RunAsync(server.Folder, settings, words);
    }

    private static void AssertNoSecrets(string log, string signature)
    {
        string[] secrets =
        [
            ServerProcess.AuthToken,
            "example.com",
            "secret",
            "attribute",
            "key=",
            "/path",
            "of-the-receiver",
            "an answer",
            signature,
        ];
        var output = string.Join(
            '\n',
            log.Split('\n').Where(line => !line.Contains("] Built-in account", StringComparison.Ordinal))
        );
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
    }

    private static async Task<(string, string)> DatabaseAsync(Store store, string folder) =>
        store == Store.Postgres
            ? ("ConnectionStrings__Postgres", await WebhookServers.NewPostgresDatabaseAsync())
            : ("ConnectionStrings__Sqlite", $"Data Source={Path.Combine(folder, "conversations.db")}");

    private static async Task ConfigureAsync(ServerProcess server, params (string Name, string Value)[] settings) =>
        (await server.PostAsync("/v1/Configuration/Webhooks", settings)).Ok();

    private static async Task<string> NewParticipantAsync(ServerProcess server)
    {
        var participants =
            $"/v1/Conversations/{(await server.PostAsync("/v1/Conversations")).Created()["sid"]}/Participants";
        return $"{participants}/{(await server.PostAsync(participants, ("Identity", "alice"))).Created()["sid"]}";
    }

    private static async Task UpdateAsync(string participant, Range indexes, Func<int, ServerProcess> server)
    {
        for (var i = indexes.Start.Value; i < indexes.End.Value; i++)
        {
            (
                await WriteAsync(
                    server(i),
                    participant,
                    ("LastReadMessageIndex", i.ToString(CultureInfo.InvariantCulture))
                )
            ).Ok();
        }
    }

    private static Task<Answer> WriteAsync(
        ServerProcess server,
        string path,
        params (string Name, string Value)[] form
    ) =>
        server.SendAsync(
            new(HttpMethod.Post, path)
            {
                Headers = { { "X-Twilio-Webhook-Enabled", "true" } },
                Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
            }
        );

    private static List<int> Indexes(IEnumerable<WebhookRequest> requests) =>
        [.. requests.Select(request => int.Parse(request["LastReadMessageIndex"]!, CultureInfo.InvariantCulture))];
}
