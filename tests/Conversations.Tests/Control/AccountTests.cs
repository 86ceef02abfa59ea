using System.Net;
using Conversations.Tests.ConversationWithParticipants;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Control;

/// <summary>Accounts that callers make.</summary>
public sealed class AccountTests
{
    private static readonly (string, string)[] Any = [("Accounts:Any", "true")];

    [Theory, OnEachStore]
    public async Task An_account_on_demand_has_credentials_and_a_default_service(Store store)
    {
        using var client = await ControlClient.NewAsync(store);

        Assert.Matches("^AC[0-9a-f]{32}$", client.AccountSid);
        Assert.Matches("^[0-9a-f]{32}$", client.AuthToken);
        var conversation = (await client.PostAsync("/v1/Conversations", ("FriendlyName", "one"))).Created();
        Assert.Equal(client.AccountSid, conversation["account_sid"]);
        Assert.Equal($"IS{client.AccountSid[2..]}", conversation["chat_service_sid"]);
        Assert.Equal(["one"], await client.ConversationsAsync());
    }

    [Theory]
    [InlineData(null, "", HttpStatusCode.Created)]
    [InlineData("application/x-www-form-urlencoded", "", HttpStatusCode.Created)] // Python's urllib.
    [InlineData("application/json", "{}", HttpStatusCode.Created)]
    [InlineData("application/json", """{"seed":""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"seed":"x"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "seed=1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", "1", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_is_absent_or_JSON(string? type, string body, HttpStatusCode expected)
    {
        using var http = new HttpClient { BaseAddress = (await TestServer.OnAsync(Store.Sqlite)).Address };
        using StringContent content = new(body);
        content.Headers.ContentType = type is null ? null : new(type);

        using var answer = await http.PostAsync("/control/accounts", content);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory, OnEachStore]
    public async Task Sixty_four_accounts_at_once_see_nothing_of_each_other(Store store)
    {
        var server = await TestServer.OnAsync(store);
        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(async number =>
                {
                    using var client = await ControlClient.NewAsync(server);
                    var path = $"/v1/Conversations/{(await NewAsync(client, $"room {number}"))["sid"]}/Participants";
                    var participant = await client.PostAsync(path, NewParticipant.Sms("+15558675310", "+15017122661"));

                    participant.Created();
                    Assert.Equal([$"room {number}"], await client.ConversationsAsync());
                })
        );

        static async Task<Answer> NewAsync(ControlClient client, string name) =>
            (await client.PostAsync("/v1/Conversations", ("UniqueName", "same"), ("FriendlyName", name))).Created();
    }

    [Theory, OnEachStore]
    public async Task Servers_of_one_database_know_the_account_and_sign_its_events(Store store)
    {
        var settings = await OwnDatabase.NewAsync(store);
        using var first = TestServer.With(settings);
        using var client = await ControlClient.NewAsync(first);
        await using var receiver = await WebhookReceiver.StartAsync();
        (
            await client.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", receiver.Url("/post")),
                ("Filters", "onConversationAdded")
            )
        ).Ok();

        // The second server is started later, as after a restart.
        using var second = TestServer.With(settings);
        using var there = ControlClient.Of(second, client.AccountSid, client.AuthToken);
        using var wrong = ControlClient.Of(second, client.AccountSid, "wrong");
        (await there.PostAsync("/v1/Conversations", ("FriendlyName", "two"))).Created();

        var call = (await receiver.GotAsync(1))[0];
        Assert.True(call.Headers.ContainsKey("X-Twilio-Signature"));
        Assert.Equal(["two"], await client.ConversationsAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await wrong.GetAsync("/v1/Conversations")).Status);
    }

    [Fact]
    public async Task With_Accounts_Any_the_token_of_the_first_request_is_the_token()
    {
        using var server = TestServer.With(Any);
        var sid = $"AC{Guid.NewGuid():N}";
        using var first = ControlClient.Of(server, sid, "first");
        using var other = ControlClient.Of(server, sid, "other");
        using var noSid = ControlClient.Of(server, "ACshort", "first");
        using var noToken = ControlClient.Of(server, $"AC{Guid.NewGuid():N}", "");

        Assert.Empty(await first.ConversationsAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/v1/Conversations")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await noSid.GetAsync("/v1/Conversations")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await noToken.GetAsync("/v1/Conversations")).Status);
        (await first.PostAsync("/v1/Conversations", ("FriendlyName", "one"))).Created();
        Assert.Equal(["one"], await first.ConversationsAsync());
    }

    [Theory, OnEachStore]
    public async Task First_requests_at_once_make_one_account(Store store)
    {
        using var server = TestServer.With([.. Any, await WebhookServers.NewDatabaseAsync(store)]);
        var sid = $"AC{Guid.NewGuid():N}";

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async number =>
                {
                    using var client = ControlClient.Of(server, sid, $"token {number % 2}");
                    return await client.GetAsync("/v1/Conversations");
                })
        );

        Assert.Equal(
            [(HttpStatusCode.OK, 8), (HttpStatusCode.Unauthorized, 8)],
            answers.GroupBy(answer => answer.Status).Select(same => (same.Key, same.Count())).Order()
        );
    }

    [Fact]
    public async Task Accounts_Any_is_refused_outside_Development()
    {
        var ended = await ServerProcess.EndAsync(
            folder: null,
            [
                ("ASPNETCORE_ENVIRONMENT", "Production"),
                ("Accounts__Any", "true"),
                ("Accounts__0__Sid", "AC0123456789abcdef0123456789abcdef"),
                ("Accounts__0__AuthToken", "another-token-of-32-letters-0000"),
            ]
        );

        Assert.Equal(1, ended.Code);
        Assert.Contains("Accounts__Any", ended.Errors, StringComparison.Ordinal);
    }

    [Theory, OnEachStore]
    public async Task A_deleted_account_leaves_no_row_and_takes_none_of_another(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        await SampleAsync(other);
        using var client = await ControlClient.NewAsync(other.Server);
        await SampleAsync(client);
        var kept = await KeptAsync(other);
        Assert.True(kept.Count > 10);

        (await client.DeleteAsync($"/control/accounts/{client.AccountSid}")).NoContent();

        Assert.Empty(await Rows.WithAsync(other.Server, client.AccountSid));
        Assert.Equal(kept, await KeptAsync(other));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/Conversations")).Status);
    }

    [Theory, OnEachStore]
    public async Task A_server_that_still_knows_a_deleted_account_neither_fails_nor_makes_rows(Store store)
    {
        var settings = await OwnDatabase.NewAsync(store);
        using var first = TestServer.With(settings);
        using var second = TestServer.With(settings);
        using var client = await ControlClient.NewAsync(first);
        using var there = ControlClient.Of(second, client.AccountSid, client.AuthToken);
        (await there.PostAsync("/v1/Conversations")).Created();

        (await client.DeleteAsync($"/control/accounts/{client.AccountSid}")).NoContent();

        foreach (var path in new[] { "Conversations", "Users", "Services", "Configuration", "Configuration/Webhooks" })
        {
            Assert.InRange((int)(await there.GetAsync($"/v1/{path}")).Status, 200, 499);
        }

        foreach (var path in new[] { "/v1/Conversations", "/v1/Users", "/control/reset" })
        {
            Assert.InRange((int)(await there.PostAsync(path, ("Identity", "alice"))).Status, 400, 499);
        }

        Assert.InRange((int)(await there.PostTextAsync("/control/import", "{}")).Status, 400, 499);
        Assert.InRange((int)(await there.PostTextAsync("/control/checkpoints", "{}")).Status, 400, 499);
        Assert.Empty(await Rows.WithAsync(first, client.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task Only_the_own_account_can_be_deleted_and_none_of_the_configuration(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        using var client = await ControlClient.NewAsync(other.Server);
        var configured = await Twilio.NewAccountAsync(other.Server);

        var foreign = await client.DeleteAsync($"/control/accounts/{other.AccountSid}");
        var absent = await client.DeleteAsync("/control/accounts/AC0123456789abcdef0123456789abcdef");

        Assert.Equal((HttpStatusCode.NotFound, absent.Text), (foreign.Status, foreign.Text));
        Assert.Empty(await other.ConversationsAsync());
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await configured.DeleteAsync($"/control/accounts/{configured.AccountSid}")).Status
        );
    }

    [Theory, OnEachStore]
    public async Task Many_rows_are_deleted_in_batches(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await ManyRows.AddAsync(client, conversations: 1500);

        (await client.DeleteAsync($"/control/accounts/{client.AccountSid}")).NoContent();

        Assert.Empty(await Rows.WithAsync(client.Server, client.AccountSid));
    }

    /// <summary>Rows of every kind, also in a service that is not the default one.</summary>
    internal static Task<SampleRows> SampleAsync(ControlClient client)
    {
        var text = $"text{Guid.NewGuid():N}";
        Sample sample = new(text, text, $"+1555{Random.Shared.Next(2_000_000, 10_000_000)}")
        {
            Url = "http://127.0.0.1:9/",
            Filters = Hooked.AllEvents,
        };
        return SampleRows.MakeAsync(client.GetAsync, client.PostAsync, sample);
    }

    // All rows but those of the sender, which goes on.
    private static async Task<List<string>> KeptAsync(ControlClient client) =>
        [
            .. (await Rows.WithAsync(client.Server, client.AccountSid)).Where(row =>
                !row.StartsWith("webhook_deliveries", StringComparison.Ordinal)
            ),
        ];
}
