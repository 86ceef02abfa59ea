using System.Reflection;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>The lists there are, each named by the member that holds its rows.</summary>
public enum Listed
{
    Participants,
    Conversations,
    Users,
    Roles,
    Services,
}

/// <summary>Runs a theory on every list, in every route shape it has, on every database that can be had: parameters (Store, Shape, Listed).</summary>
public sealed class EveryListAttribute : DataAttribute
{
    /// <summary>Leaves out what belongs to the account and to no chat service.</summary>
    public bool InServiceOnly { get; init; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
        => from store in Stores.Available
           from shape in InServiceOnly ? [Shape.Service] : Enum.GetValues<Shape>()
           from list in Enum.GetValues<Listed>()
           where list != Listed.Services || (shape == Shape.Default && !InServiceOnly)
           select new object[] { store, shape, list };
}

/// <summary>One list of one account: where it is and how its rows are made.</summary>
public sealed class RowList
{
    private readonly Description description;

    private int made;

    private RowList(Twilio twilio, Description description, string path) => (Twilio, this.description, Path) = (twilio, description, path);

    public Twilio Twilio { get; }

    /// <summary>The path in the account's shape, from /v1 on.</summary>
    public string Path { get; }

    public string Key => description.Key;

    public string SidPrefix => description.SidPrefix;

    public static async Task<RowList> NewAsync(Store store, Shape shape, Listed list) => await NewAsync(await Twilio.NewAccountAsync(store, shape), list);

    /// <summary>The list of the account; participants are those of a new conversation.</summary>
    public static async Task<RowList> NewAsync(Twilio twilio, Listed list)
    {
        var path = list switch
        {
            Listed.Participants => $"Conversations/{await twilio.NewConversationAsync()}/Participants",
            Listed.Services => "/v1/Services",
            _ => $"{list}",
        };
        return new(twilio, DescriptionOf(list), twilio.PathOf(path));
    }

    /// <summary>Creates a row and returns its SID.</summary>
    public async Task<string> CreateAsync() => (await Twilio.PostAsync(Path, description.Form(++made))).Created()["sid"];

    /// <summary>Creates rows until the list has so many, and returns the SIDs of all in the order of creation: some lists are never empty.</summary>
    public async Task<List<string>> FillAsync(int count)
    {
        var sids = (await PageAsync("?PageSize=1000")).Sids;
        while (sids.Count < count)
        {
            sids.Add(await CreateAsync());
        }

        return sids;
    }

    public async Task DeleteAsync(string sid) => (await Twilio.DeleteAsync($"{Path}/{sid}")).NoContent();

    /// <param name="query">The query with its ?, or the URL of a page.</param>
    public async Task<RowPage> PageAsync(string query = "") => new((await GetAsync(query)).Ok(), Key);

    public Task<Answer> GetAsync(string query) => Twilio.GetAsync(query.StartsWith("http", StringComparison.Ordinal) ? query : Path + query);

    /// <summary>The absolute URL of a page, as meta names it.</summary>
    public string Url(string query) => new Uri(Twilio.Server.Address, Path + query).ToString();

    private static Description DescriptionOf(Listed list) => list switch
    {
        Listed.Participants => new("participants", "MB", number => [("Identity", $"participant {number}")]),
        Listed.Conversations => new("conversations", "CH", number => [("FriendlyName", $"Conversation {number}")]),
        Listed.Users => new("users", "US", number => [("Identity", $"user {number}")]),
        Listed.Roles => new("roles", "RL", number => [("FriendlyName", $"Role {number}"), ("Type", "conversation"), ("Permission", "sendMessage")]),
        _ => new("services", "IS", number => [("FriendlyName", $"Service {number}")]),
    };

    private sealed record Description(string Key, string SidPrefix, Func<int, (string Name, string Value)[]> Form);
}

/// <summary>One page of a list.</summary>
public sealed record RowPage(Answer Answer, string Key)
{
    public JsonObject Meta => Answer.Body["meta"]!.AsObject();

    public List<string> Sids => [.. Answer.Body[Key]!.AsArray().Select(row => row!["sid"]!.GetValue<string>())];

    public string Url => Meta["url"]!.GetValue<string>();

    public string? Next => Meta["next_page_url"]?.GetValue<string>();

    public string? Previous => Meta["previous_page_url"]?.GetValue<string>();
}
