using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Conversations.Api.Accounts;
using Conversations.Api.Control;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Control;

/// <summary>The journal of requests.</summary>
public sealed class JournalTests
{
    private const string OnePair = "A pair of address and proxy address may be in only one open conversation.";

    [Theory, OnEachStore]
    public async Task A_request_is_in_the_journal_when_its_answer_is_there(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var conversation = (await client.PostAsync("/v1/Conversations", ("FriendlyName", "eins"))).Created();
        await client.GetAsync($"/v1/Conversations/{conversation["sid"]}?PageSize=3");

        var requests = await RequestsAsync(client);

        Assert.Equal(["FetchConversation", "CreateConversation"], requests.Select(r => (string?)r["operation_id"]));
        var created = requests[1];
        Assert.Equal("POST", (string?)created["method"]);
        Assert.Equal("/v1/Conversations", (string?)created["path"]);
        Assert.Equal(201, (int?)created["status"]);
        Assert.Equal("eins", (string?)created["parameters"]!["FriendlyName"]![0]);
        Assert.Equal("true", (string?)created["headers"]!["X-Twilio-Webhook-Enabled"]);
        Assert.Null(created["headers"]!["Authorization"]);
        Assert.Null(created["error"]);
        Assert.True(JsonNode.DeepEquals(conversation.Body, created["answer"]));
        Assert.Equal(conversation.Headers.GetValues("Twilio-Request-Id").Single(), (string?)created["request_id"]);
        Assert.EndsWith("?PageSize=3", (string?)requests[0]["path"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all at once")]
    [InlineData("one", " part ", "after the other")]
    public async Task A_client_that_knows_the_length_of_an_answer_finds_the_request_at_its_last_byte(
        params string[] parts
    )
    {
        Journal journal = new(TimeProvider.System);
        Client client = new(journal);
        DefaultHttpContext context = new() { Response = { Body = client } };
        context.Features.Set(new AccountOptions { Sid = Client.AccountSid });
        RequestJournal middleware = new(
            async answering =>
            {
                foreach (var part in parts)
                {
                    await answering.Response.WriteAsync(part);
                }
            },
            journal,
            TimeProvider.System
        );

        await middleware.InvokeAsync(context);

        Assert.Equal(string.Concat(parts), Encoding.UTF8.GetString(client.ToArray()));
        Assert.True(client.FindsTheRequest);
    }

    [Theory, OnEachStore]
    public async Task Nothing_of_another_account_is_in_the_journal(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        await other.PostAsync("/v1/Conversations", ("FriendlyName", "foreign"));

        Assert.Empty(await RequestsAsync(client));
        Assert.Single(await RequestsAsync(other));
        (await client.GetAsync("/control/requests?wait=1ms")).Ok();
    }

    [Theory]
    [InlineData("operation=ListUser", 1)]
    [InlineData("operation=ListRole", 0)]
    [InlineData("method=get", 2)]
    [InlineData("status=409", 1)]
    [InlineData("error=50433", 1)]
    [InlineData("error=50433&method=GET", 0)]
    [InlineData("conversation=room", 3)]
    [InlineData("conversation=elsewhere", 0)]
    [InlineData("identity=alice", 4)]
    [InlineData("limit=2", 2)]
    public async Task Filters_choose_requests(string query, int count)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        (await client.PostAsync("/v1/Conversations", ("UniqueName", "room"))).Created();
        await AddAsync(client);
        await AddAsync(client);
        await client.GetAsync("/v1/Users");
        await client.GetAsync("/v1/Users/alice");

        Assert.Equal(count, (await RequestsAsync(client, query)).Count);

        static Task<Answer> AddAsync(ControlClient client) =>
            client.PostAsync("/v1/Conversations/room/Participants", ("Identity", "alice"));
    }

    [Fact]
    public async Task Many_new_accounts_may_send_their_first_requests_at_once()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await client.PostAsync("/v1/Conversations");
        var entry = (await ReadAsync(client.Server.Services.GetRequiredService<Journal>(), client.AccountSid)).Single();
        Journal journal = new(TimeProvider.System);

        Parallel.For(0, 30_000, number => journal.Add($"AC{number}", entry));

        journal.Add("AC", entry);
        Assert.Single(await ReadAsync(journal, "AC"));

        static async Task<List<RequestEntry>> ReadAsync(Journal journal, string accountSid) =>
            (await journal.RequestsOf(accountSid).ReadAsync(_ => true, 0, 1, TimeSpan.Zero, default)).Entries;
    }

    [Fact]
    public async Task A_change_by_control_ends_the_wait_of_the_console_only()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        JsonNode? cursor = null;
        cursor = (await WaitAsync("0s", isConsole: true)).Body["cursor"];

        // The change is made before the wait of the first page, and during that of the second.
        (await client.PostJsonAsync("/control/clock/freeze", new JsonObject())).Ok();
        var started = Stopwatch.GetTimestamp();
        var seen = await WaitAsync("50s", isConsole: true);
        cursor = seen.Body["cursor"];
        var next = WaitAsync("50s", isConsole: true);
        var program = WaitAsync("2s", isConsole: false);
        await Task.Delay(200);
        (await client.PostJsonAsync("/control/clock/run", new JsonObject())).Ok();

        Assert.Empty(seen.Body["requests"]!.AsArray());
        Assert.Empty((await next).Body["requests"]!.AsArray());
        Assert.NotEqual((string?)cursor, (string?)(await next).Body["cursor"]);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 40);
        await program;
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 1.9, 40);

        async Task<Answer> WaitAsync(string wait, bool isConsole)
        {
            var since = cursor is null ? "" : $"&since={cursor}";
            HttpRequestMessage request = new(HttpMethod.Get, $"/control/requests?wait={wait}{since}");
            if (isConsole)
            {
                request.Headers.Add("X-Conversations-Console", "1");
            }

            return (await client.SendAsync(request)).Ok();
        }
    }

    [Fact]
    public async Task Wait_returns_when_something_matches_and_since_continues_behind_an_answer()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await client.PostAsync("/v1/Conversations");
        var cursor = (await client.GetAsync("/control/requests")).Ok()["cursor"];

        var waiting = client.GetAsync($"/control/requests?since={cursor}&method=DELETE&wait=60s");
        var sid = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        Assert.False(waiting.IsCompleted);
        (await client.DeleteAsync($"/v1/Conversations/{sid}")).NoContent();
        var found = (await waiting).Ok();

        Assert.Equal("DeleteConversation", (string?)Assert.Single(RowsOf(found))["operation_id"]);
        Assert.Empty(RowsOf((await client.GetAsync($"/control/requests?since={found["cursor"]}")).Ok()));
        Assert.Empty(RowsOf((await client.GetAsync("/control/requests?status=418&wait=10ms")).Ok()));
    }

    [Theory]
    [InlineData("wait=61s")]
    [InlineData("wait=soon")]
    [InlineData("wait=NaN")]
    [InlineData("since=x")]
    [InlineData("status=x")]
    public async Task A_wrong_parameter_is_400(string query)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"/control/requests?{query}")).Status);
    }

    [Theory, OnEachStore]
    public async Task An_error_is_explained_by_its_rule_and_the_row_in_the_way(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var conversation = (await client.PostAsync("/v1/Conversations", ("UniqueName", "room"))).Created()["sid"];
        var service = $"/v1/Services/IS{client.AccountSid[2..]}";
        var path = $"/v1/Conversations/{conversation}/Participants";
        var alice = (await client.PostAsync(path, ("Identity", "alice"))).Created()["sid"];
        var phone = (await client.PostAsync(path, NewParticipant.Sms("+15558675310", "+15017122661"))).Created()["sid"];
        var other = (await client.PostAsync("/v1/Conversations", ("FriendlyName", "other"))).Created()["sid"];
        var user = (await client.GetAsync("/v1/Users/alice")).Ok()["sid"];

        await client.PostAsync("/v1/Conversations/room/Participants", ("Identity", "alice"));
        await IsAsync(
            50433,
            $"{service}/Conversations/{conversation}/Participants/{alice}",
            "A conversation can have an identity only once."
        );
        await NamesAsync("alice", null, conversation, "room");
        await client.PostAsync(
            $"/v1/Conversations/{other}/Participants",
            NewParticipant.Sms("+15558675310", "+15017122661")
        );
        await IsAsync(50416, $"{service}/Conversations/{conversation}/Participants/{phone}", OnePair);
        await NamesAsync(null, "+15558675310", conversation, "room");
        await client.PostAsync("/v1/Conversations", ("UniqueName", "room"));
        await IsAsync(50353, $"{service}/Conversations/{conversation}", "unique name");
        await NamesAsync(null, null, conversation, "room");
        await client.PostAsync("/v1/Users", ("Identity", "alice"));
        await IsAsync(50201, $"{service}/Users/{user}", "identity");
        await NamesAsync("alice", null, null, null);
        await client.PostAsync("/v1/Conversations", ("Attributes", "no JSON"));
        await IsAsync(50304, null, "Attributes");
        (await client.PostAsync($"/v1/Conversations/{conversation}", ("State", "closed"))).Ok();
        await client.PostAsync(path, ("Identity", "bob"));
        await IsAsync(50377, $"{service}/Conversations/{conversation}", "closed");

        (await client.PostAsync($"/v1/Conversations/{other}", ("State", "closed"))).Ok();
        await client.PostAsync($"/v1/Conversations/{other}/Participants", ("Identity", "bob"));
        await NamesAsync(null, null, other, "other");

        async Task NamesAsync(string? identity, string? address, string? sid, string? name)
        {
            var error = (await RequestsAsync(client, "limit=1"))[0]["error"]!;
            Assert.Equal(
                (identity, address, sid, name),
                (
                    (string?)error["row_identity"],
                    (string?)error["row_address"],
                    (string?)error["conversation_sid"],
                    (string?)error["conversation_name"]
                )
            );
        }

        async Task IsAsync(int code, string? row, string rule)
        {
            var error = (await RequestsAsync(client, "limit=1"))[0]["error"]!;
            Assert.Equal((code, row), ((int)error["code"]!, (string?)error["row"]));
            Assert.Contains(rule, (string?)error["rule"], StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Ten_thousand_requests_take_no_more_memory_than_the_ring()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        var journal = client.Server.Services.GetRequiredService<Journal>();
        await client.PostAsync("/v1/Conversations");
        var (entries, _) = await journal
            .RequestsOf(client.AccountSid)
            .ReadAsync(_ => true, 0, 1, TimeSpan.Zero, default);
        for (var number = 0; number < 10_000; number++)
        {
            journal.Add(client.AccountSid, entries[0] with { Status = number, Size = 8_000 });
        }

        var ring = journal.RequestsOf(client.AccountSid);
        var (kept, _) = await ring.ReadAsync(_ => true, 0, int.MaxValue, TimeSpan.Zero, default);
        Assert.InRange(ring.Size, 1, Ring<RequestEntry>.MaxBytes);
        Assert.Equal(Ring<RequestEntry>.MaxBytes / 8_000, kept.Count);
        Assert.Equal(9_999, kept[0].Status);
    }

    [Fact]
    public async Task Without_the_journal_nothing_is_kept()
    {
        using var server = TestServer.With(("Control:Journal", "false"));
        using var client = await ControlClient.NewAsync(server);
        await client.PostAsync("/v1/Conversations");

        var answer = await client.GetAsync("/control/requests");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("Control__Journal", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, server.Services.GetRequiredService<Journal>().RequestsOf(client.AccountSid).Size);
    }

    private static async Task<IReadOnlyList<JsonNode>> RequestsAsync(ControlClient client, string query = "") =>
        RowsOf((await client.GetAsync($"/control/requests?{query}")).Ok());

    private static IReadOnlyList<JsonNode> RowsOf(Answer answer) =>
        [.. answer.Body["requests"]!.AsArray().Select(r => r!)];

    /// <summary>Gets an answer. At each part of it, it looks for the request in the journal.</summary>
    private sealed class Client(Journal journal) : MemoryStream
    {
        public const string AccountSid = "AC0123456789abcdef0123456789abcdef";

        /// <summary>Whether the request was there at the latest part.</summary>
        public bool FindsTheRequest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            FindsTheRequest = journal.RequestsOf(AccountSid).Size > 0;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
