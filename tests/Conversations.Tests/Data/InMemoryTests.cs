using System.Net;

namespace Conversations.Tests.Data;

/// <summary>A SQLite database in memory, where no commit is possible while another connection reads.</summary>
public sealed class InMemoryTests
{
    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Mode=Memory")]
    [InlineData("file::memory:")]
    [InlineData("Data Source=file:%3Amemory%3A")]
    [InlineData("file:a.db?mode=memory")]
    [InlineData("file:a.db?mode=memory&cache=shared#b")]
    [InlineData("file:a.db?vfs=memdb")]
    [InlineData("file:?mode=memory")]
    public async Task Concurrent_reads_and_writes_wait_for_each_other(string database)
    {
        await using var server = TestServer.With(("ConnectionStrings:Sqlite", database));
        var twilio = await Twilio.NewAccountAsync(server);
        var conversation = $"Conversations/{await twilio.NewConversationAsync()}";
        await twilio.NewParticipantAsync(conversation["Conversations/".Length..], ("Identity", "alice"));

        var clients = Enumerable
            .Range(0, 8)
            .Select(async client =>
            {
                List<HttpStatusCode> statuses = [];
                for (var i = 0; i < 40; i++)
                {
                    var answer =
                        client % 2 == 0
                            ? await twilio.GetAsync($"{conversation}/Participants")
                            : await twilio.PostAsync($"{conversation}/Participants/alice", ("Attributes", $"{i}"));
                    statuses.Add(answer.Status);
                }

                return statuses;
            });

        Assert.Equal([HttpStatusCode.OK], (await Task.WhenAll(clients)).SelectMany(statuses => statuses).Distinct());
    }
}
