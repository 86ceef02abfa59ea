using System.Diagnostics;
using System.Net;
using Conversations.Api.Control;
using Conversations.Api.Errors;
using Conversations.Tests.ConversationWithParticipants;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Control;

/// <summary>Rules that make requests fail.</summary>
public sealed class FaultTests
{
    [Theory, OnEachStore]
    public async Task A_request_that_matches_gets_the_error_as_from_the_server_and_is_not_executed(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        var rule = await AddAsync(client, """{"operation":"CreateConversation","status":429,"code":20429}""");

        var answer = await client.PostAsync("/v1/Conversations", ("FriendlyName", "lost"));

        answer.Is(TwilioErrors.TooManyRequests);
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
        Assert.True(answer.Headers.Contains("Twilio-Request-Id"));
        Assert.Empty(await client.ConversationsAsync());
        (await other.PostAsync("/v1/Conversations")).Created();
        Assert.Equal((1, 1), await CountsAsync(client));
        var entries = (await client.GetAsync("/control/requests")).Ok().Body["requests"]!;
        Assert.Equal((null, rule), ((string?)entries[0]!["fault"], (string?)entries[1]!["fault"]));
        Assert.Equal(20429, (int)entries[1]!["error"]!["code"]!);
        Assert.Contains(rule, (string?)entries[1]!["error"]!["rule"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":503}""", "20503", "Retry-After")]
    [InlineData("""{"status":500}""", "20500", null)]
    [InlineData("""{"status":429}""", "20429", "Retry-After")]
    [InlineData("""{"code":50063}""", "50063", null)]
    [InlineData("""{"code":20003}""", "20003", "WWW-Authenticate")]
    [InlineData("""{"code":20404}""", "20404", null)]
    [InlineData("""{"status":413,"code":20001}""", "20001", null)]
    [InlineData("""{"code":50416}""", "50416", null)]
    [InlineData("""{"status":409}""", "20409", null)]
    public async Task An_error_has_the_body_and_headers_of_its_code(string rule, string code, string? header)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await AddAsync(client, rule);

        var answer = await client.GetAsync("/v1/Conversations/nowhere?PageSize=1");

        Assert.Equal(code, answer.Body["code"]!.ToString());
        Assert.Equal((int)answer.Status, (int)answer.Body["status"]!);
        Assert.Equal($"https://www.twilio.com/docs/errors/{code}", answer["more_info"]);
        Assert.Equal(
            header is null ? [] : [header],
            answer.Headers.Select(h => h.Key).Where(name => name is "Retry-After" or "WWW-Authenticate")
        );
        Assert.Equal(
            code == "20404" ? "The requested resource /Conversations/nowhere was not found" : answer["message"],
            answer["message"]
        );
    }

    // x: hit.
    [Theory]
    [InlineData("", "xxxxxxxx")]
    [InlineData(
        """
            ,"nth":3
            """,
        "..x....."
    )]
    [InlineData(
        """
            ,"every":3
            """,
        "..x..x.."
    )]
    [InlineData(
        """
            ,"times":2
            """,
        "xx......"
    )]
    [InlineData(
        """
            ,"every":2,"times":3
            """,
        ".x.x.x.."
    )]
    [InlineData(
        """
            ,"probability":0.5,"seed":7
            """,
        "xx..xxxx"
    )]
    [InlineData(
        """
            ,"probability":1
            """,
        "xxxxxxxx"
    )]
    public async Task The_number_of_a_match_decides_whether_it_is_hit(string selection, string expected)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await AddAsync(client, $$"""{"operation":"ListRole","status":503{{selection}}}""");

        var hits = "";
        for (var number = 1; number <= expected.Length; number++)
        {
            (await client.GetAsync("/v1/Users")).Ok();
            hits += (await client.GetAsync("/v1/Roles")).Status == HttpStatusCode.OK ? '.' : 'x';
        }

        Assert.Equal(expected, hits);
        Assert.Equal((expected.Length, expected.Count(letter => letter == 'x')), await CountsAsync(client));
    }

    [Fact]
    public async Task A_probability_holds_over_many_requests_and_another_seed_hits_others()
    {
        var hits = Enumerable
            .Range(1, 2)
            .Select(seed => Enumerable.Range(1, 10_000).Where(n => Hits(seed, n)).ToList());

        Assert.All(hits, some => Assert.InRange(some.Count, 900, 1100));
        Assert.NotEqual(hits.First(), hits.Last());
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        var rule = (await client.PostTextAsync("/control/faults", """{"status":500,"probability":0.5}""")).Created();
        Assert.NotNull(rule.Body["seed"]);

        static bool Hits(int seed, int number) =>
            new Fault(
                "FR1",
                new()
                {
                    Status = 500,
                    Probability = 0.1,
                    Seed = seed,
                }
            ).Hits(number);
    }

    [Theory]
    [InlineData("""{"identity":"alice"}""", "identity path-user")]
    [InlineData("""{"address":"+15558675310"}""", "address")]
    [InlineData("""{"identity":"carol"}""", "author whole")]
    [InlineData("""{"address":"+15558675311"}""", "whole")]
    [InlineData("""{"method":"DELETE"}""", "delete")]
    [InlineData("""{"path":"/v1/Conversations/*/Participants"}""", "identity address")]
    [InlineData("""{"path":"/v1/*room*","method":"POST"}""", "identity address author")]
    [InlineData("""{"path":"/v1/Users/alice"}""", "path-user")]
    [InlineData("""{"path":"/v1/users/alice"}""", "")]
    [InlineData("""{"operation":"CreateConversationParticipant","identity":"alice"}""", "identity")]
    [InlineData("""{"operation":"CreateServiceConversationParticipant"}""", "")]
    public async Task A_rule_matches_what_a_request_names(string rule, string expected)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        (await client.PostAsync("/v1/Conversations", ("UniqueName", "room"))).Created();
        await AddAsync(client, $$"""{{rule[..^1]}},"status":503}""");
        const string Participants = "/v1/Conversations/room/Participants";
        const string Whole =
            """{"identity":"carol","messaging_binding":{"address":"+15558675311","proxy_address":"+15017122661"}}""";
        (string Name, Func<Task<Answer>> Send)[] requests =
        [
            ("identity", () => client.PostAsync(Participants, ("Identity", "alice"))),
            ("address", () => client.PostAsync(Participants, NewParticipant.Sms("+15558675310", "+15017122661"))),
            ("author", () => client.PostAsync("/v1/Conversations/room/Messages", ("Author", "carol"))),
            ("path-user", () => client.GetAsync("/v1/Users/alice")),
            ("whole", () => client.PostAsync("/v1/ConversationWithParticipants", ("Participant", Whole))),
            ("delete", () => client.DeleteAsync("/v1/Conversations/room")),
        ];
        List<string> hit = [];
        foreach (var (name, send) in requests)
        {
            if ((await send()).Status == HttpStatusCode.ServiceUnavailable)
            {
                hit.Add(name);
            }
        }

        Assert.Equal(expected, string.Join(' ', hit));
    }

    [Theory, OnEachStore]
    public async Task A_cut_before_the_write_leaves_nothing_and_one_after_it_leaves_the_row(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var before = await AddAsync(client, """{"operation":"CreateConversation","cut":"before","times":1}""");
        var after = await AddAsync(client, """{"operation":"CreateConversation","cut":"after","times":2}""");

        await IsCutAsync("lost");
        Assert.Empty(await client.ConversationsAsync());
        await IsCutAsync("kept", ("UniqueName", "one"));
        await IsCutAsync("error", ("UniqueName", "one"));
        Assert.Equal(["kept"], await client.ConversationsAsync());
        (await client.PostAsync("/v1/Conversations", ("FriendlyName", "next"))).Created();

        var entries = (await client.GetAsync("/control/requests?method=POST")).Ok().Body["requests"]!.AsArray();
        Assert.Equal(
            [(201, null), (409, after), (201, after), (499, before)],
            entries.Select(entry => ((int)entry!["status"]!, (string?)entry["fault"]))
        );
        Assert.Equal("kept", (string?)entries[2]!["answer"]!["friendly_name"]);
        Assert.Equal(50353, (int)entries[1]!["error"]!["code"]!);
        Assert.Contains("unique name", (string?)entries[1]!["error"]!["rule"], StringComparison.Ordinal);
        Assert.Null(entries[3]!["answer"]);

        Task IsCutAsync(string name, params (string, string)[] more) =>
            Assert.ThrowsAsync<HttpRequestException>(() =>
                client.PostAsync("/v1/Conversations", [("FriendlyName", name), .. more])
            );
    }

    [Fact]
    public async Task A_delay_comes_before_the_request_and_does_not_count_as_its_time()
    {
        using var server = TestServer.With(("Limits:DatabaseSeconds", "1"), ("Webhooks:TimeoutSeconds", "1"));
        using var client = await ControlClient.NewAsync(server);
        await AddAsync(client, """{"operation":"CreateConversation","delay":"2500ms"}""");
        var started = Stopwatch.GetTimestamp();

        var creating = client.PostAsync("/v1/Conversations", ("FriendlyName", "late"));
        Assert.Empty(await client.ConversationsAsync());
        (await creating).Created();

        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(2.4));
        Assert.Equal(["late"], await client.ConversationsAsync());
    }

    [Theory, OnEachStore]
    public async Task Sixteen_clients_of_two_servers_count_exactly(Store store)
    {
        var settings = await OwnDatabase.NewAsync(store);
        using var first = TestServer.With(settings);
        using var second = TestServer.With(settings);
        using var client = await ControlClient.NewAsync(first);
        using var there = ControlClient.Of(second, client.AccountSid, client.AuthToken);
        await AddAsync(client, """{"operation":"ListRole","status":429,"every":4,"times":30}""");
        await AddAsync(client, """{"operation":"ListRole","status":503}""");

        // The other server reads its rules after a second at most.
        while ((await there.GetAsync("/v1/Roles")).Status == HttpStatusCode.OK)
        {
            await Task.Delay(50);
        }

        var (matches, _) = await CountsAsync(client);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async number =>
                {
                    List<int> statuses = [];
                    for (var request = 0; request < 10; request++)
                    {
                        var answer = await (number % 2 == 0 ? client : there).GetAsync("/v1/Roles");
                        statuses.Add((int)answer.Status);
                    }

                    return statuses;
                })
        );

        var errors = answers.SelectMany(statuses => statuses).ToLookup(status => status);
        Assert.Equal(160, errors[429].Count() + errors[503].Count());
        var rules = (await there.GetAsync("/control/faults")).Ok().Body["faults"]!;
        Assert.Equal((matches + 160, 30), ((long)rules[0]!["matches"]!, (long)rules[0]!["hits"]!));
        Assert.Equal(30 - (matches / 4), errors[429].Count());
        Assert.Equal((long)rules[1]!["matches"]!, (long)rules[1]!["hits"]!);
        Assert.Equal(matches + 160 - 30, (long)rules[1]!["hits"]!);
    }

    [Fact]
    public async Task An_account_without_rules_costs_nothing()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        var rules = client.Server.Services.GetRequiredService<FaultRules>();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var isRead = false;
        for (var number = 0; number < 1000; number++)
        {
            var reading = rules.OfAsync(client.AccountSid, FaultKind.Request, db: null, default);
            isRead |= !reading.IsCompletedSuccessfully;
        }

        Assert.Equal((0, false), (GC.GetAllocatedBytesForCurrentThread() - before, isRead));
    }

    internal static async Task<string> AddAsync(ControlClient client, string rule) =>
        (await client.PostTextAsync("/control/faults", rule)).Created()["id"];

    private static async Task<(long Matches, long Hits)> CountsAsync(ControlClient client)
    {
        var rule = (await client.GetAsync("/control/faults")).Ok().Body["faults"]![0]!;
        return ((long)rule["matches"]!, (long)rule["hits"]!);
    }
}
