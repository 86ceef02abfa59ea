using System.Security.Cryptography;
using Conversations.Api.Http;

namespace Conversations.Tests.Security;

/// <summary>
/// Who has credentials of one account, against another's rows, in every operation that the server publishes. What is another's is answered as what
/// does not exist, to the last byte, and stays as it was.
/// </summary>
public sealed class TenancyTests
{
    /// <summary>The parameters that name something. One that is new has to be named here, and so is tried.</summary>
    private static readonly Dictionary<string, string> NamingParameters = new()
    {
        ["RoleSid"] = "RL",
        ["DefaultChatServiceRoleSid"] = "RL",
        ["DefaultConversationCreatorRoleSid"] = "RL",
        ["DefaultConversationRoleSid"] = "RL",
        ["DefaultChatServiceSid"] = "IS",
        ["DefaultMessagingServiceSid"] = "MG",
        ["MessagingServiceSid"] = "MG",
        ["Configuration.FlowSid"] = "FW",
        ["PageToken"] = "PT",
    };

    // Of the connection or the moment.
    private static readonly string[] Changing = ["Date", "Twilio-Request-Id", "Twilio-Request-Duration", "Twilio-Concurrent-Requests"];

    [Theory]
    [OnEachStore("AuthToken")]
    [OnEachStore("API key")]
    public async Task What_a_path_names_of_another_account_is_answered_as_what_is_not_there(Store store, string credentials)
    {
        var (victim, stranger) = await TenantsAsync(store);
        var (key, secret) = TestServer.ApiKeyOf(stranger.Twilio.AccountSid);
        using var http = credentials == "AuthToken" ? null : Twilio.NewClient(stranger.Twilio.Server, key, secret);
        var before = await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid);
        var own = await Rows.WithAsync(victim.Twilio.Server, stranger.Twilio.AccountSid);
        var tried = 0;

        foreach (var operation in await ServedOperation.AllAsync(victim.Twilio.Server.Address))
        {
            foreach (var path in ForeignPaths(operation, victim, stranger))
            {
                var foreign = await SendAsync(path.Foreign);
                var absent = await SendAsync(path.Absent);

                foreign.Is(TwilioErrors.NotFound(path.Foreign["/v1".Length..]));
                absent.Is(TwilioErrors.NotFound(path.Absent["/v1".Length..]));
                Assert.Equal(HeadersOf(absent), HeadersOf(foreign));
                tried++;
            }

            Task<Answer> SendAsync(string path) => CallAsync(http ?? stranger.Twilio.Http, operation, path);
        }

        Assert.InRange(tried, 150, 1000);
        Assert.Equal(before, await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid));
        Assert.Equal(own, await Rows.WithAsync(victim.Twilio.Server, stranger.Twilio.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task What_a_parameter_names_of_another_account_is_answered_as_what_is_not_there(Store store)
    {
        var (victim, stranger) = await TenantsAsync(store);
        var before = await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid);
        HashSet<string> tried = [];

        foreach (var operation in await ServedOperation.AllAsync(victim.Twilio.Server.Address))
        {
            var path = operation.PathOf(operation.Named.Select(prefix => stranger.Sids[prefix]));
            foreach (var name in operation.Names.Where(name => name.EndsWith("Sid", StringComparison.Ordinal) || name.EndsWith("Token", StringComparison.Ordinal)))
            {
                tried.Add(name);
                var sid = SidOf(victim, NamingParameters[name], operation);
                var unknown = Absent(sid);
                var (foreign, absent) = (await SendAsync(sid), await SendAsync(unknown));

                Assert.Equal(absent.Status, foreign.Status);
                Assert.Equal(Masks.Mask(absent.Text.Replace(unknown, "*", StringComparison.Ordinal)), Masks.Mask(foreign.Text.Replace(sid, "*", StringComparison.Ordinal)));
                Assert.Equal(HeadersOf(absent), HeadersOf(foreign));
                Assert.DoesNotContain("victim", foreign.Text, StringComparison.Ordinal);

                Task<Answer> SendAsync(string value) => operation.IsForm
                    ? stranger.Twilio.SendAsync(operation.Method, path, Content([.. operation.Form((name, value))!.Where(field => field.Name != "Identity"), ("Identity", Guid.NewGuid().ToString())]))
                    : stranger.Twilio.GetAsync($"{path}?{name}={value}");
            }
        }

        Assert.Equal(NamingParameters.Keys.Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
        Assert.Equal(before, await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task What_may_be_there_only_once_in_an_account_may_be_in_every_account(Store store)
    {
        var (victim, stranger) = await TenantsAsync(store);
        var before = await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid);

        (await stranger.Twilio.PostAsync("Conversations", ("UniqueName", victim.Names["CH"]))).Created();
        (await stranger.Twilio.PostAsync("Users", ("Identity", victim.Names["US"]))).Created();
        string[] group = ["+15550000011", "+15550000012", "+15550000013"];
        foreach (var tenant in new[] { victim, stranger })
        {
            var conversation = await tenant.Twilio.NewConversationAsync();
            foreach (var address in group)
            {
                await tenant.Twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", address));
            }
        }

        Assert.Subset((await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid)).ToHashSet(), before.ToHashSet());
    }

    [Theory, OnEachStore]
    public async Task A_list_holds_no_row_of_another_account(Store store)
    {
        var (victim, stranger) = await TenantsAsync(store);

        foreach (var operation in (await ServedOperation.AllAsync(victim.Twilio.Server.Address)).Where(operation => operation.Id.StartsWith("List", StringComparison.Ordinal)))
        {
            var path = operation.PathOf(operation.Named.Select(prefix => stranger.Sids[prefix]));
            foreach (var query in new[] { "?PageSize=1000", "?PageSize=1", $"?PageToken=PT{SidOf(victim, "PT", operation)[2..]}" })
            {
                var page = (await stranger.Twilio.GetAsync(path + query)).Ok().Body;
                var rows = page[page["meta"]!["key"]!.GetValue<string>()]!.ToJsonString();

                Assert.DoesNotContain("victim", rows, StringComparison.Ordinal);
                Assert.DoesNotContain(victim.Twilio.AccountSid, rows, StringComparison.Ordinal);
                Assert.DoesNotContain(victim.Twilio.ChatServiceSid, rows, StringComparison.Ordinal);
            }
        }
    }

    private static async Task<(Tenant Victim, Tenant Stranger)> TenantsAsync(Store store)
        => (await Tenant.NewAsync(await Twilio.NewAccountAsync(store), "victim"), await Tenant.NewAsync(await Twilio.NewAccountAsync(store), "stranger"));

    // Every choice of which of the names in a path are foreign; the others are the caller's own.
    private static IEnumerable<(string Foreign, string Absent)> ForeignPaths(ServedOperation operation, Tenant victim, Tenant stranger)
    {
        for (var choice = 1; choice < 1 << operation.Named.Count; choice++)
        {
            var foreign = operation.Named.Where((_, i) => IsForeign(i)).ToList();
            yield return (PathOf(prefix => victim.Sids[prefix]), PathOf(prefix => Absent(victim.Sids[prefix])));
            if (foreign.Any(victim.Names.ContainsKey))
            {
                yield return (
                    PathOf(prefix => victim.Names.GetValueOrDefault(prefix) ?? victim.Sids[prefix]),
                    PathOf(prefix => victim.Names.GetValueOrDefault(prefix)?.Replace("victim", "nobody", StringComparison.Ordinal) ?? Absent(victim.Sids[prefix])));
            }

            bool IsForeign(int i) => (choice >> i & 1) == 1;

            string PathOf(Func<string, string> value) => operation.PathOf(operation.Named.Select((prefix, i) => IsForeign(i) ? value(prefix) : stranger.Sids[prefix]));
        }
    }

    private static string SidOf(Tenant tenant, string prefix, ServedOperation operation) => prefix switch
    {
        "MG" => $"MG{tenant.Twilio.AccountSid[2..]}",
        "FW" => $"FW{tenant.Twilio.AccountSid[2..]}",
        "PT" when operation.Path == "/v1/Services" => $"PT{tenant.OtherService}",
        "PT" => "PT" + tenant.Sids[new ServedOperation(operation.Id, operation.Method, operation.Path + "/{Sid}", []).Named[^1]],
        _ => tenant.Sids[prefix],
    };

    // A neighbour, so that a page that begins there is the same one.
    private static string Absent(string sid) => sid[..^8] + RandomNumberGenerator.GetHexString(8, lowercase: true);

    private static FormUrlEncodedContent Content(IEnumerable<(string Name, string Value)> form) => new(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<Answer> CallAsync(HttpClient http, ServedOperation operation, string path)
    {
        using var request = new HttpRequestMessage(operation.Method, path) { Content = operation.Form() is { } form ? Content(form) : null };
        using var response = await http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    private static Dictionary<string, string> HeadersOf(Answer answer)
        => answer.Headers.Concat(answer.ContentHeaders).Where(header => !Changing.Contains(header.Key)).ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
}
