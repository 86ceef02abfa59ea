using System.Diagnostics;
using System.Net;
using Conversations.Api.Errors;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>What happens to the SQLite file while a server uses it.</summary>
[Collection(nameof(Alone))]
public sealed class DatabaseFileTests(ITestOutputHelper output)
{
    private const string Conversations = "/v1/Conversations";

    private const int DatabaseSeconds = 2;

    public static TheoryData<string> Losses { get; } = ["moved", "moved alone", "replaced by nothing", "replaced"];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_file_that_is_gone_is_answered_503_until_it_is_back(string loss)
    {
        await using var server = await ServerProcess.StartAsync();
        await using var other = await ServerProcess.StartAsync();
        await other.KillAsync();
        (await server.PostAsync(Conversations, ("UniqueName", "before"))).Created();
        var away = Directory.CreateTempSubdirectory("conversations-away-").FullName;

        Move(server.Folder, away, loss == "moved alone" ? "conversations.db" : "conversations.db*");
        if (loss == "replaced by nothing")
        {
            await File.WriteAllBytesAsync(Path.Combine(server.Folder, "conversations.db"), []);
        }
        else if (loss == "replaced")
        {
            Move(other.Folder, server.Folder, "conversations.db*");
        }

        var files = Files(server.Folder);
        for (var i = 0; i < 3; i++)
        {
            var write = await server.PostAsync(Conversations, ("UniqueName", $"lost-{i}"));
            write.Is(TwilioErrors.ServiceUnavailable);
            Assert.Equal("1", write.Headers.RetryAfter?.ToString());
            (await server.GetAsync(Conversations)).Is(TwilioErrors.ServiceUnavailable);
            (await server.GetAsync($"{Conversations}/before")).Is(TwilioErrors.ServiceUnavailable);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.GetAsync("/health/ready")).Status);
        }

        Assert.Equal(files, Files(server.Folder));
        Assert.Matches(
            "ERR] Request failed with 503: .*was removed, moved or replaced while the server runs",
            await server.LineAsync("Request failed with 503")
        );
        Assert.True(!server.Output.Contains("   at ", StringComparison.Ordinal), server.Output);
        Array.ForEach(Directory.GetFiles(server.Folder, loss == "moved alone" ? "*.db" : "*"), File.Delete);
        Move(away, server.Folder, "*");

        while ((await server.GetAsync("/health/ready")).Status != HttpStatusCode.OK)
        {
            await Task.Delay(100);
        }

        (await server.PostAsync(Conversations, ("UniqueName", "after"))).Created();
        await server.KillAsync();
        await using var next = await ServerProcess.StartAsync(server.Folder);
        Assert.Equal(
            ["my-first-conversation", "before", "after"],
            (await next.GetAsync(Conversations)).Ok().Body["conversations"]!
                .AsArray()
                .Select(row => (string?)row!["unique_name"])
        );
        Directory.Delete(away, recursive: true);
    }

    /// <summary>A write that was acknowledged is in the file that was at the path.</summary>
    [Fact]
    public async Task Writes_during_a_move_are_in_the_file_or_answered_503()
    {
        await using var server = await ServerProcess.StartAsync();
        var away = Directory.CreateTempSubdirectory("conversations-away-").FullName;
        List<string> acknowledged = [];
        var refused = 0;
        using CancellationTokenSource stop = new();
        var writers = Enumerable
            .Range(0, 8)
            .Select(async writer =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var answer = await server.PostAsync(Conversations, ("UniqueName", $"{writer}-{i}"));
                    if (answer.Status == HttpStatusCode.Created)
                    {
                        lock (acknowledged)
                        {
                            acknowledged.Add($"{writer}-{i}");
                        }
                    }
                    else
                    {
                        answer.Is(TwilioErrors.ServiceUnavailable);
                        Interlocked.Increment(ref refused);
                    }
                }
            })
            .ToList();
        for (var round = 0; round < Rounds.Of(5, 100); round++)
        {
            await Task.Delay(200);
            Move(server.Folder, away, "conversations.db");
            await Task.Delay(100);
            Move(away, server.Folder, "conversations.db");
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(refused > 0);
        foreach (var name in acknowledged)
        {
            (await server.GetAsync($"{Conversations}/{name}")).Ok();
        }

        output.WriteLine($"{acknowledged.Count} writes acknowledged, none lost; {refused} answered 503");
        Directory.Delete(away, recursive: true);
    }

    [Fact]
    public async Task A_locked_file_is_waited_for_as_long_as_the_limit_says()
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            ("Limits__DatabaseSeconds", $"{DatabaseSeconds}"),
            ("Webhooks__TimeoutSeconds", "60")
        );
        (await server.PostAsync(Conversations, ("UniqueName", "before"))).Created();
        await using SqliteConnection other = new(
            $"Data Source={Path.Combine(server.Folder, "conversations.db")};Pooling=False"
        );
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        await command.ExecuteNonQueryAsync();

        foreach (var count in new[] { 1, 8 })
        {
            var times = await Task.WhenAll(
                Enumerable
                    .Range(0, count)
                    .Select(async _ =>
                    {
                        var started = Stopwatch.GetTimestamp();
                        (await server.PostAsync(Conversations)).Is(TwilioErrors.ServiceUnavailable);
                        return Stopwatch.GetElapsedTime(started);
                    })
            );
            output.WriteLine(
                $"{count} writes at once answered 503 after "
                    + string.Join(", ", times.Select(time => $"{time.TotalSeconds:0.00}"))
                    + " s"
            );
            Assert.All(times, time => Assert.InRange(time.TotalSeconds, DatabaseSeconds * 0.9, DatabaseSeconds * 1.95));
        }

        command.CommandText = "ROLLBACK";
        await command.ExecuteNonQueryAsync();
        (await server.PostAsync(Conversations)).Created();
    }

    private static void Move(string from, string to, string pattern)
    {
        foreach (var file in Directory.GetFiles(from, pattern))
        {
            File.Move(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => $"{file} {new FileInfo(file).Length}").Order()];
}
