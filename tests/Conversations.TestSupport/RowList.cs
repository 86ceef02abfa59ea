namespace Conversations.TestSupport;

/// <summary>One list of one account: its path, and how to create its rows.</summary>
public sealed class RowList
{
    private const string Parent = "parent";

    private readonly Dictionary<string, string> tokens = [];

    private int made;

    private RowList(Twilio twilio, ApiResource resource, string path) =>
        (Twilio, Resource, Path) = (twilio, resource, path);

    public Twilio Twilio { get; }

    public ApiResource Resource { get; }

    /// <summary>The path in the account's shape, from /v1 on.</summary>
    public string Path { get; }

    public string Key => Resource.ListKey;

    /// <summary>A page size with which the list can have two full pages and one row more.</summary>
    public int PageSize => Resource.Capacity >= 7 ? 3 : 2;

    /// <param name="resource">The path of a resource of the table.</param>
    public static async Task<RowList> NewAsync(Store store, Shape shape, string resource) =>
        await NewAsync(await Twilio.NewAccountAsync(store, shape), Resources.At(resource));

    /// <summary>The list of the account, below newly created parents.</summary>
    public static async Task<RowList> NewAsync(Twilio twilio, ApiResource resource)
    {
        List<string> parents = [];
        foreach (var parent in Resources.NamedIn($"/v1/{resource.Path}"))
        {
            var path = ServedOperation.Fill(parent.Path, parents);
            parents.Add((await twilio.PostAsync(path, parent.Forms(new(Parent, Parent))[0])).Created()["sid"]);
        }

        var list = ServedOperation.Fill(resource.Path, parents);
        return new(twilio, resource, resource.Shapes.Contains(twilio.Shape) ? twilio.PathOf(list) : $"/v1/{list}");
    }

    /// <summary>The page token of a row that <see cref="CreateAsync"/> or <see cref="PageAsync"/> returned.</summary>
    public string TokenOf(string sid) => tokens[sid];

    /// <summary>
    /// Whether tokens are indices. Then the token of a previous page does not have the end of that page.
    /// </summary>
    public bool IsByIndex => Resource.IsByIndex;

    /// <summary>The token of the previous page, which begins with one row and ends before another.</summary>
    public string TokenOf(string sid, string end) => IsByIndex ? tokens[sid] : tokens[sid] + tokens[end]["PT".Length..];

    /// <summary>Creates a row and returns its SID.</summary>
    public async Task<string> CreateAsync()
    {
        made++;
        Sample sample = new($"name{made}", $"row{made}");
        if (Resource.ViewOf is { } source)
        {
            var shown = (await Twilio.PostAsync(source.Path, source.Forms(sample)[0])).Created()["sid"];
            var participant = await Twilio.NewParticipantAsync(shown, ("Identity", Parent));
            tokens[shown] = Resource.PageKey.Count > 1 ? $"PT{shown}{participant}" : $"PT{shown}";
            return shown;
        }

        if (Resource.IsMadeByServer)
        {
            var receipt = await StoredReceipts.AddAsync(Twilio, Path.Split('/')[^2]);
            tokens[receipt] = $"PT{receipt}";
            return receipt;
        }

        var row = (await Twilio.PostAsync(Path, Resource.Forms(sample)[0])).Created();
        tokens[row["sid"]] = $"PT{row.Body[Resource.PageKey.Single()]}";
        return row["sid"];
    }

    /// <summary>
    /// Creates rows until the list has <paramref name="count"/> of them or reaches its capacity. Returns all SIDs in
    /// the order of creation, with those of rows that exist from the start.
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

    /// <summary>Deletes a row. The participant is deleted where the row has no path.</summary>
    public async Task DeleteAsync(string sid)
    {
        if (Resource.IsMadeByServer)
        {
            await StoredReceipts.DeleteAsync(Twilio, sid);
            return;
        }

        var path = Resource.HasRowPaths ? $"{Path}/{sid}" : $"Conversations/{sid}/Participants/{Parent}";
        (await Twilio.DeleteAsync(path)).NoContent();
    }

    /// <param name="query">The query with its ?, or the URL of a page.</param>
    public async Task<RowPage> PageAsync(string query = "")
    {
        RowPage page = new((await GetAsync(query)).Ok(), Key, Resource.SidMember);
        foreach (var (sid, value) in page.Sids.Zip(page.Values(Resource.PageKey)))
        {
            tokens[sid] = $"PT{value}";
        }

        return page;
    }

    public Task<Answer> GetAsync(string query) =>
        Twilio.GetAsync(query.StartsWith("http", StringComparison.Ordinal) ? query : Path + QueryOf(query));

    /// <summary>The query with what the list requires.</summary>
    public string QueryOf(string query) => Resource.QueryOf(Parent, query);

    /// <summary>The absolute URL of a page, as meta contains it.</summary>
    public string Url(string query) => new Uri(Twilio.Server.Address, Path + QueryOf(query)).ToString();
}
