using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Conversations.Api.Errors;

namespace Conversations.Tests.Security;

/// <summary>
/// A caller with credentials of one account, against another account's rows, in every operation that the server
/// publishes. A foreign row gets exactly the answer of an absent row, byte for byte, and does not change.
/// </summary>
public sealed class TenancyTests
{
    /// <summary>
    /// The parameters that identify resources, from the table <see cref="Resources"/>. A new one must be added there,
    /// and is then tested.
    /// </summary>
    private static readonly string[] NamingParameters =
    [
        .. Resources.All.SelectMany(resource => resource.SidParameters),
        .. Resources.ForeignSidParameters.Keys,
        "PageToken",
    ];

    // They depend on the connection or the time.
    private static readonly string[] Changing =
    [
        "Date",
        "Twilio-Request-Id",
        "Twilio-Request-Duration",
        "Twilio-Concurrent-Requests",
    ];

    [Theory]
    [OnEachStore("AuthToken")]
    [OnEachStore("API key")]
    public async Task A_foreign_row_in_a_path_gets_the_answer_of_an_absent_row(Store store, string credentials)
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

            Task<Answer> SendAsync(string path) =>
                CallAsync(
                    http ?? stranger.Twilio.Http,
                    operation,
                    operation.IsList ? path + operation.Resource.QueryOf(stranger.Name) : path
                );
        }

        Assert.InRange(tried, 150, 1000);
        Assert.Equal(before, await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid));
        Assert.Equal(own, await Rows.WithAsync(victim.Twilio.Server, stranger.Twilio.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task A_foreign_row_in_a_parameter_gets_the_answer_of_an_absent_row(Store store)
    {
        var (victim, stranger) = await TenantsAsync(store);
        var before = await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid);
        HashSet<string> tried = [];

        foreach (var operation in await ServedOperation.AllAsync(victim.Twilio.Server.Address))
        {
            var path = operation.PathOf(operation.Named.Select(stranger.SidOf));
            foreach (
                var name in operation.Names.Where(name =>
                    name.EndsWith("Sid", StringComparison.Ordinal) || name.EndsWith("Token", StringComparison.Ordinal)
                )
            )
            {
                var isFirst = tried.Add(name);
                if (
                    (name == "PageToken" && operation.Resource.IsByIndex) // Such a token names no row.
                    || (name == "MediaSid" && !isFirst) // The stranger has a message with this media now.
                )
                {
                    continue;
                }

                var sid = SidOf(victim, name, operation);
                var (foreign, absent) = (await SendAsync(sid), await SendAsync(Absent(sid)));

                Assert.Equal(absent.Answer.Status, foreign.Answer.Status);
                Assert.Equal(absent.Text, foreign.Text);
                Assert.Equal(HeadersOf(absent.Answer), HeadersOf(foreign.Answer));
                Assert.DoesNotContain("victim", foreign.Answer.Text, StringComparison.Ordinal);

                // The text without the sent value.
                async Task<(Answer Answer, string Text)> SendAsync(string value)
                {
                    Sample sample = new(Guid.NewGuid().ToString(), "stranger");
                    var answer = operation.IsForm
                        ? await stranger.Twilio.SendAsync(
                            operation.Method,
                            path,
                            Content(operation.FormOf(sample, (name, value))!)
                        )
                        : await stranger.Twilio.GetAsync(
                            path + operation.Resource.QueryOf(stranger.Name, $"?{name}={value}")
                        );

                    // The token of the previous page contains the SID of the sent token.
                    var sent = value.StartsWith("PT", StringComparison.Ordinal) ? value["PT".Length..] : value;
                    var text = answer.Text.Replace(sent, "*", StringComparison.Ordinal);
                    text = Masks.Mask(text.Replace(sample.Name, "*", StringComparison.Ordinal));

                    // Each message has the next index. A worker ends the set-up of a conversation at any time.
                    text = text.Replace("\"initializing\"", "\"active\"", StringComparison.Ordinal);
                    return (answer, Regex.Replace(text, "\"index\":[0-9]+", "\"index\":*"));
                }
            }
        }

        Assert.Equal(NamingParameters.Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
        Assert.Equal(before, await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task A_value_that_is_unique_in_an_account_may_exist_in_every_account(Store store)
    {
        var (victim, stranger) = await TenantsAsync(store);
        var before = await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid);

        var withNames = Resources.All.Where(resource => resource.NameParameter is not null);
        foreach (var resource in withNames.Where(resource => Resources.NamedIn($"/v1/{resource.Path}") is []))
        {
            (await stranger.Twilio.PostAsync(resource.Path, resource.Forms(new(victim.Name, "stranger"))[0])).Created();
        }

        string[] group = ["+15550000011", "+15550000012", "+15550000013"];
        foreach (var tenant in new[] { victim, stranger })
        {
            var conversation = await tenant.Twilio.NewConversationAsync();
            foreach (var address in group)
            {
                await tenant.Twilio.NewParticipantAsync(conversation, ("MessagingBinding.Address", address));
            }
        }

        Assert.Subset(
            (await Rows.WithAsync(victim.Twilio.Server, victim.Twilio.AccountSid)).ToHashSet(),
            before.ToHashSet()
        );
    }

    [Theory, OnEachStore]
    public async Task A_list_contains_no_row_of_another_account(Store store)
    {
        var (victim, stranger) = await TenantsAsync(store);

        foreach (
            var operation in (await ServedOperation.AllAsync(victim.Twilio.Server.Address)).Where(operation =>
                operation.IsList
            )
        )
        {
            var path = operation.PathOf(operation.Named.Select(stranger.SidOf));
            foreach (
                var query in new[]
                {
                    "?PageSize=1000",
                    "?PageSize=1",
                    $"?PageToken={SidOf(victim, "PageToken", operation)}",
                }.SelectMany(query =>
                    new[] { stranger, victim }.Select(of => operation.Resource.QueryOf(of.Name, query))
                )
            )
            {
                var page = (await stranger.Twilio.GetAsync(path + query)).Ok().Body;
                var rows = page[page["meta"]!["key"]!.GetValue<string>()]!.ToJsonString();

                Assert.DoesNotContain("victim", rows, StringComparison.Ordinal);
                Assert.DoesNotContain(victim.Twilio.AccountSid, rows, StringComparison.Ordinal);
                Assert.DoesNotContain(victim.Twilio.ChatServiceSid, rows, StringComparison.Ordinal);
                Assert.All(victim.Sids, sid => Assert.DoesNotContain(sid, rows, StringComparison.Ordinal));
            }
        }
    }

    private static async Task<(Tenant Victim, Tenant Stranger)> TenantsAsync(Store store) =>
        (
            await Tenant.NewAsync(await Twilio.NewAccountAsync(store), "victim"),
            await Tenant.NewAsync(await Twilio.NewAccountAsync(store), "stranger")
        );

    // Every combination of foreign names in a path; the other names are the caller's own.
    private static IEnumerable<(string Foreign, string Absent)> ForeignPaths(
        ServedOperation operation,
        Tenant victim,
        Tenant stranger
    )
    {
        for (var choice = 1; choice < 1 << operation.Named.Count; choice++)
        {
            yield return (PathOf(victim.SidOf), PathOf(resource => Absent(victim.SidOf(resource))));
            if (operation.Named.Where((resource, i) => IsForeign(i) && resource.NameParameter is not null).Any())
            {
                yield return (
                    PathOf(resource => NameOf(resource) ?? victim.SidOf(resource)),
                    PathOf(resource => NameOf(resource) is null ? Absent(victim.SidOf(resource)) : "alice-of-nobody")
                );
            }

            bool IsForeign(int i) => (choice >> i & 1) == 1;

            string PathOf(Func<ApiResource, string> value) =>
                operation.PathOf(
                    operation.Named.Select((resource, i) => IsForeign(i) ? value(resource) : stranger.SidOf(resource))
                );
        }

        string? NameOf(ApiResource resource) => resource.NameParameter is null ? null : victim.Name;
    }

    // The victim's row of the kind that a parameter identifies.
    private static string SidOf(Tenant victim, string parameter, ServedOperation operation) =>
        parameter == "PageToken" ? victim.TokenOf(operation.Resource)
        : parameter == "MediaSid" ? victim.MediaSid
        : Resources.ForeignSidParameters.TryGetValue(parameter, out var prefix)
            ? $"{prefix}{victim.Twilio.AccountSid[2..]}"
        : victim.SidOf(Resources.All.Single(resource => resource.SidParameters.Contains(parameter)));

    // A SID next to the given one, so that a page that begins there is the same.
    private static string Absent(string sid) => sid[..^8] + RandomNumberGenerator.GetHexString(8, lowercase: true);

    private static FormUrlEncodedContent Content(IEnumerable<(string Name, string Value)> form) =>
        new(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<Answer> CallAsync(HttpClient http, ServedOperation operation, string path)
    {
        using var request = new HttpRequestMessage(operation.Method, path)
        {
            Content = operation.FormOf(new("mallory", "stranger")) is { } form ? Content(form) : null,
        };
        using var response = await http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers,
            response.Content.Headers
        );
    }

    private static Dictionary<string, string> HeadersOf(Answer answer) =>
        answer
            .Headers.Concat(answer.ContentHeaders)
            .Where(header => !Changing.Contains(header.Key))
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
}
