using System.Text.Json.Nodes;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The number of rows of a page without PageSize. The official document gives every list its own default.
/// </summary>
public sealed class PageSizeTests
{
    // By operation of the short route shape. The long shape has the same defaults.
    private static readonly Dictionary<string, int> Official = new()
    {
        ["ListConfigurationAddress"] = 50,
        ["ListConversation"] = 50,
        ["ListConversationMessage"] = 50,
        ["ListConversationMessageReceipt"] = 50,
        ["ListConversationParticipant"] = 50,
        ["ListConversationScopedWebhook"] = 5,
        ["ListCredential"] = 50,
        ["ListParticipantConversation"] = 50,
        ["ListRole"] = 50,
        ["ListService"] = 50,
        ["ListServiceBinding"] = 50,
        ["ListUser"] = 50,
        ["ListUserConversation"] = 50,
    };

    [Fact]
    public void The_table_contains_every_list() =>
        Assert.Equal(
            Official.Keys.Order(StringComparer.Ordinal),
            OfficialOperation
                .All.Select(operation => operation.Id)
                .Where(IsList)
                .Select(KeyOf)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    [Theory, OnEachStore]
    public async Task Every_list_uses_and_documents_its_default_page_size(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var rows = await SampleRows.MakeAsync(
            twilio.GetAsync,
            twilio.PostAsync,
            new("alice", "text"),
            twilio.ChatServiceSid
        );
        var served = await ServedOperation.AllAsync(twilio.Server.Address);
        var lists = served.Where(operation => operation.IsList).ToList();
        var document = await DocumentAsync(twilio);

        Assert.Equal(
            Resources.All.Where(resource => resource.SidPrefix is not null).Sum(resource => resource.Shapes.Count),
            lists.Count
        );
        await Assert.AllAsync(
            lists,
            async list =>
            {
                var size = Official[KeyOf(list.Id)];
                Assert.Equal(size, list.Resource.DefaultPageSize);
                var path = list.PathOf(list.Named.Select(rows.SidOf));
                string Query(string query = "") => list.Resource.QueryOf(rows.Sample.Name, query);
                var meta = (await twilio.GetAsync(path + Query())).Ok().Body["meta"]!;
                var url = $"{new Uri(twilio.Server.Address, path)}{Query($"?PageSize={size}&Page=0")}";
                Assert.Equal(size, meta["page_size"]!.GetValue<int>());
                Assert.Equal(url, meta["url"]!.GetValue<string>());
                Assert.Equal(url, meta["first_page_url"]!.GetValue<string>());

                var description = document["paths"]![list.Path]!["get"]!["parameters"]!
                    .AsArray()
                    .Single(parameter => parameter!["name"]!.GetValue<string>() == "PageSize")![
                    "description"
                ]!.GetValue<string>();
                Assert.Matches($@"The default is {size}[,.]", description);
            }
        );
    }

    private static bool IsList(string id) => id.StartsWith("List", StringComparison.Ordinal);

    private static string KeyOf(string id) =>
        Official.ContainsKey(id) ? id : id.Replace("ListService", "List", StringComparison.Ordinal);

    private static async Task<JsonNode> DocumentAsync(Twilio twilio)
    {
        using var http = new HttpClient { BaseAddress = twilio.Server.Address };
        return JsonNode.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!;
    }
}
