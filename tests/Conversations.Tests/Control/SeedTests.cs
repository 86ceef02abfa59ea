using System.Net;
using System.Text.Json.Nodes;

namespace Conversations.Tests.Control;

/// <summary>Accounts whose SIDs follow from a seed.</summary>
public sealed class SeedTests
{
    // The seeds of other tests on the shared servers differ.
    private static readonly long Seed = Random.Shared.NextInt64(1 << 40);

    /// <summary>The bodies of all answers, byte for byte, with the clock frozen.</summary>
    [NeedsPostgres]
    public async Task A_story_gives_the_same_answers_on_every_server_and_both_databases()
    {
        await using var own = TestServer.With();
        var expected = await StoryAsync(own, Seed);

        Assert.Equal(expected, await StoryAsync(await TestServer.OnAsync(Store.Sqlite), Seed));
        Assert.Equal(expected, await StoryAsync(await TestServer.OnAsync(Store.Postgres), Seed));
        Assert.Equal(expected, await StoryAsync(own, Seed));
        var other = await StoryAsync(own, Seed + 1);
        Assert.Equal(expected.Count, other.Count);
        Assert.NotEqual(expected[1], other[1]);
    }

    [Theory, OnEachStore]
    public async Task A_reset_begins_the_sequence_anew(Store store)
    {
        using var client = await ControlClient.SeededAsync(await TestServer.OnAsync(store), Seed + 2);
        var first = await SidsAsync(client);

        (await client.PostAsync("/control/reset")).NoContent();

        Assert.Equal(first, await SidsAsync(client));
        Assert.NotEqual(first, await SidsAsync(client));
    }

    [Theory, OnEachStore]
    public async Task Rows_sort_by_creation_and_an_import_does_not_take_their_SIDs(Store store)
    {
        using var client = await ControlClient.SeededAsync(await TestServer.OnAsync(store), Seed + 3);
        string[] names = [.. Enumerable.Range(0, 5).Select(n => $"c{n}")];
        foreach (var name in names)
        {
            (await client.PostAsync("/v1/Conversations", ("FriendlyName", name))).Created();
        }

        var document = (await client.GetAsync("/control/export")).Ok().Text;
        (await client.PostAsync("/control/reset")).NoContent();
        (await client.PostTextAsync("/control/import", document)).Ok();
        (await client.PostAsync("/v1/Conversations", ("FriendlyName", "last"))).Created();

        Assert.Equal([.. names, "last"], await client.ConversationsAsync());
    }

    [Theory, OnEachStore]
    public async Task Requests_at_the_same_time_get_different_SIDs(Store store)
    {
        using var client = await ControlClient.SeededAsync(await TestServer.OnAsync(store), Seed + 4);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.PostAsync("/v1/Conversations")));

        Assert.Equal(16, answers.Select(answer => answer.Created()["sid"]).Distinct().Count());
    }

    [Theory, OnEachStore]
    public async Task A_seed_again_is_the_same_account_without_its_rows(Store store)
    {
        var server = await TestServer.OnAsync(store);
        using var first = await ControlClient.SeededAsync(server, Seed + 5);
        (await first.PostAsync("/v1/Conversations")).Created();

        using var second = await ControlClient.SeededAsync(server, Seed + 5);

        Assert.Equal((first.AccountSid, first.AuthToken), (second.AccountSid, second.AuthToken));
        Assert.Empty(await second.ConversationsAsync());
        (await second.DeleteAsync($"/control/accounts/{second.AccountSid}")).NoContent();
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync("/v1/Conversations")).Status);
    }

    private static async Task<List<string>> SidsAsync(ControlClient client)
    {
        var room = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        var participants = $"/v1/Conversations/{room}/Participants";
        var alice = (await client.PostAsync(participants, ("Identity", "alice"))).Created()["sid"];
        var roles = (await client.GetAsync("/v1/Roles")).Ok().Body["roles"]!.AsArray();
        return [room, alice, .. roles.Select(role => (string)role!["sid"]!)];
    }

    private static async Task<List<string>> StoryAsync(TestServer server, long seed)
    {
        using var client = await ControlClient.SeededAsync(server, seed);
        List<string> bodies = [];
        var phone = $"+1555{seed % 10_000_000:0000000}";
        await client.PostJsonAsync("/control/clock/freeze", new JsonObject { ["at"] = "2030-01-02T03:04:05Z" });
        await PostAsync("/v1/Configuration/Webhooks", ("PostWebhookUrl", "http://localhost:1/"));
        await PostAsync("/v1/Services", ("FriendlyName", "second"));
        await PostAsync("/v1/Roles", ("FriendlyName", "r"), ("Type", "service"), ("Permission", "editOwnUserInfo"));
        await PostAsync("/v1/Users", ("Identity", "bob"));
        var room = await PostAsync("/v1/Conversations", ("FriendlyName", "room"), ("Timers.Closed", "P10D"));
        await PostAsync("/v1/Conversations", ("Timers.Closed", "soon"));
        await PostAsync($"{room}/Participants", ("Identity", "alice"));
        await PostAsync(
            $"{room}/Participants",
            ("MessagingBinding.Address", phone),
            ("MessagingBinding.ProxyAddress", "+15017122661")
        );
        await PostAsync(
            $"{room}/Webhooks",
            ("Target", "webhook"),
            ("Configuration.Url", "http://localhost:1/"),
            ("Configuration.Filters", "onMessageAdded")
        );
        var message = await PostAsync($"{room}/Messages", ("Author", "alice"), ("Body", "Hello"));
        bodies.Add(Plain((await InboundTests.SendMediaAsync(client, phone, "+15017122661")).Created()));
        await client.PostJsonAsync("/control/clock/advance", new JsonObject { ["by"] = "P3D" });
        await PostAsync($"{room}/Messages", ("Author", "bob"), ("Body", "three days later"));
        await GetAsync(message);
        await GetAsync($"{message}/Receipts");
        await client.PostJsonAsync("/control/clock/advance", new JsonObject { ["by"] = "P30D" });
        string[] lists =
        [
            "/v1/Conversations",
            "/v1/Users",
            "/v1/Roles",
            "/v1/Services",
            "/v1/ParticipantConversations",
        ];
        foreach (var path in (string[])[room, $"{room}/Participants", $"{room}/Messages", $"{room}/Webhooks", .. lists])
        {
            await GetAsync(path == lists[^1] ? $"{path}?Identity=alice" : path);
        }

        return bodies;

        async Task<string> PostAsync(string path, params (string, string)[] form)
        {
            var answer = await client.PostAsync(path, form);
            bodies.Add(Plain(answer));
            return answer.Status == HttpStatusCode.Created ? $"{path}/{answer["sid"]}" : path;
        }

        async Task GetAsync(string path) => bodies.Add(Plain((await client.GetAsync(path)).Ok()));

        // Only the servers' addresses differ.
        string Plain(Answer answer) => answer.Text.Replace(server.Address.ToString(), "http://server/", Ordinal);
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
