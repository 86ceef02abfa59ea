using System.Net;
using System.Text.Json.Nodes;

namespace Conversations.Tests.Control;

/// <summary>GET /control/conversations.</summary>
public sealed class FindConversationTests
{
    [Theory]
    [OnEachStore("DELIVERY")]
    [OnEachStore("order-47")]
    [OnEachStore("Alice")]
    [OnEachStore("8675310")]
    [OnEachStore("SID")]
    [OnEachStore("  delivery ")]
    public async Task A_part_of_a_name_SID_identity_or_address_finds_a_conversation(Store store, string search)
    {
        using var client = await ControlClient.NewAsync(store);
        var service = (await client.PostAsync("/v1/Services", ("FriendlyName", "second"))).Created()["sid"];
        var path = $"/v1/Services/{service}/Conversations";
        var sid = (await client.PostAsync(path, ("FriendlyName", "Delivery"), ("UniqueName", "order-4711"))).Created()[
            "sid"
        ];
        (await client.PostAsync($"{path}/{sid}/Participants", ("Identity", "alice"))).Created();
        (
            await client.PostAsync(
                $"{path}/{sid}/Participants",
                ("MessagingBinding.Address", "+15558675310"),
                ("MessagingBinding.ProxyAddress", "+15017122661")
            )
        ).Created();
        (await client.PostAsync("/v1/Conversations", ("FriendlyName", "another"))).Created();

        var found = await FindAsync(client, search == "SID" ? sid[4..] : search);

        var one = Assert.Single(found)!;
        Assert.Equal((sid, service), ((string?)one["sid"], (string?)one["chat_service_sid"]));
        Assert.Equal(2, (int)one["participant_count"]!);
        Assert.Equal(
            ["alice", null],
            one["participants"]!.AsArray().Select(participant => (string?)participant!["identity"])
        );
        Assert.Equal(
            [null, "sms"],
            one["participants"]!.AsArray().Select(participant => (string?)participant!["type"])
        );
        Assert.Empty(await FindAsync(client, "nothing of it"));
    }

    [Theory]
    [OnEachStore]
    public async Task The_list_has_the_latest_activity_first_and_no_other_account(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(store);
        await client.PostAsync("/v1/Conversations", ("UniqueName", "first"));
        await client.PostAsync("/v1/Conversations", ("UniqueName", "second"));
        await other.PostAsync("/v1/Conversations", ("UniqueName", "foreign"));
        await client.PostAsync("/v1/Conversations/first/Messages", ("Author", "system"), ("Body", "one"));
        await client.PostAsync("/v1/Conversations/first/Messages", ("Author", "system"), ("Body", "two"));

        var found = await FindAsync(client, search: null);

        Assert.Equal(["first", "second"], found.Select(one => (string?)one!["unique_name"]));
        Assert.Equal("two", (string?)found[0]!["last_message"]!["body"]);
        Assert.Null(found[1]!["last_message"]);
        foreach (var (offset, name, next) in new[] { (0, "first", 1), (1, "second", (int?)null) })
        {
            var page = (await client.GetAsync($"/control/conversations?limit=1&offset={offset}")).Ok().Body;
            Assert.Equal(name, (string?)Assert.Single(page["conversations"]!.AsArray())!["unique_name"]);
            Assert.Equal(next, (int?)page["next_offset"]);
        }
    }

    [Fact]
    public async Task Reads_of_the_console_meet_no_fault_and_are_not_in_the_journal_and_its_changes_are()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        var fault = new JsonObject { ["operation"] = "ListConversation", ["code"] = 20503 };
        (await client.PostJsonAsync("/control/faults", fault)).Created();
        client.Http.DefaultRequestHeaders.Add("X-Conversations-Console", "1");

        (await client.GetAsync("/v1/Conversations")).Ok();
        (await client.PostAsync("/v1/Conversations")).Created();

        var requests = (await client.GetAsync("/control/requests")).Ok().Body["requests"]!.AsArray();
        Assert.Equal("CreateConversation", (string?)Assert.Single(requests)!["operation_id"]);

        client.Http.DefaultRequestHeaders.Remove("X-Conversations-Console");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/v1/Conversations")).Status);
    }

    private static async Task<JsonArray> FindAsync(ControlClient client, string? search)
    {
        var query = search is null ? "" : $"?search={Uri.EscapeDataString(search)}";
        return (await client.GetAsync($"/control/conversations{query}")).Ok().Body["conversations"]!.AsArray();
    }
}
