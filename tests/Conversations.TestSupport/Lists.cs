using System.Reflection;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace Conversations.TestSupport;

/// <summary>
/// Runs a theory on every list of the table <see cref="Resources"/>, in every route shape it has, on every database that
/// can be had: parameters (Store, Shape, string), the last one the <see cref="ApiResource.Path"/>.
/// </summary>
public sealed class EveryListAttribute : DataAttribute
{
    /// <summary>Leaves out what belongs to the account and to no chat service.</summary>
    public bool InServiceOnly { get; init; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from shape in InServiceOnly ? [Shape.Service] : Enum.GetValues<Shape>()
        from resource in Resources.All
        where resource.SidPrefix is not null && resource.Shapes.Contains(shape)
        select new object[] { store, shape, resource.Path };
}

/// <summary>
/// Runs a theory on every resource with SIDs, on every database that can be had: parameters (Store, string), as above.
/// </summary>
public sealed class EveryResourceAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from resource in Resources.All
        where resource.SidPrefix is not null
        select new object[] { store, resource.Path };
}

/// <summary>One list of one account: where it is and how its rows are made.</summary>
public sealed class RowList
{
    private int made;

    private RowList(Twilio twilio, ApiResource resource, string path) =>
        (Twilio, Resource, Path) = (twilio, resource, path);

    public Twilio Twilio { get; }

    public ApiResource Resource { get; }

    /// <summary>The path in the account's shape, from /v1 on.</summary>
    public string Path { get; }

    public string Key => Resource.ListKey;

    /// <summary>How many rows a page may have so that the list can have two pages and one row more.</summary>
    public int PageSize => Resource.Capacity >= 7 ? 3 : 2;

    /// <param name="resource">The path of a resource of the table.</param>
    public static async Task<RowList> NewAsync(Store store, Shape shape, string resource) =>
        await NewAsync(await Twilio.NewAccountAsync(store, shape), Resources.At(resource));

    /// <summary>The list of the account, below new rows of its parents.</summary>
    public static async Task<RowList> NewAsync(Twilio twilio, ApiResource resource)
    {
        List<string> parents = [];
        foreach (var parent in Resources.NamedIn($"/v1/{resource.Path}"))
        {
            var path = ServedOperation.Fill(parent.Path, parents);
            parents.Add((await twilio.PostAsync(path, parent.Forms(new("parent", "parent"))[0])).Created()["sid"]);
        }

        var list = ServedOperation.Fill(resource.Path, parents);
        return new(twilio, resource, resource.Shapes.Contains(twilio.Shape) ? twilio.PathOf(list) : $"/v1/{list}");
    }

    /// <summary>Creates a row and returns its SID.</summary>
    public async Task<string> CreateAsync()
    {
        made++;
        return (await Twilio.PostAsync(Path, Resource.Forms(new($"name{made}", $"row{made}"))[0])).Created()["sid"];
    }

    /// <summary>
    /// Creates rows until the list has so many, or as many as it can have, and returns the SIDs of all in the order of
    /// creation: some lists are never empty.
    /// </summary>
    public async Task<List<string>> FillAsync(int count)
    {
        var sids = (await PageAsync("?PageSize=1000")).Sids;
        while (sids.Count < Math.Min(count, Resource.Capacity))
        {
            sids.Add(await CreateAsync());
        }

        return sids;
    }

    public async Task DeleteAsync(string sid) => (await Twilio.DeleteAsync($"{Path}/{sid}")).NoContent();

    /// <param name="query">The query with its ?, or the URL of a page.</param>
    public async Task<RowPage> PageAsync(string query = "") => new((await GetAsync(query)).Ok(), Key);

    public Task<Answer> GetAsync(string query) =>
        Twilio.GetAsync(query.StartsWith("http", StringComparison.Ordinal) ? query : Path + query);

    /// <summary>The absolute URL of a page, as meta names it.</summary>
    public string Url(string query) => new Uri(Twilio.Server.Address, Path + query).ToString();
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
