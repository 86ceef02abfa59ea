using Conversations.Api.Errors;
using Conversations.Tests.Http;

namespace Conversations.Tests.Security;

/// <summary>
/// Callers without valid credentials, in every operation that the server publishes, on existing rows.
/// </summary>
public sealed class CredentialTests
{
    private const string Key = "SK0123456789abcdef0123456789abcdef";

    [Theory]
    [OnEachStore(null, "")]
    [OnEachStore("ACCOUNT", "")]
    [OnEachStore("ACCOUNT", "wrong")]
    [OnEachStore("ACCOUNT", "TOKEN OF ANOTHER")]
    [OnEachStore("ACCOUNT", "SECRET OF ANOTHER")]
    [OnEachStore("KEY", "wrong")]
    [OnEachStore("KEY", "SECRET OF ANOTHER")]
    [OnEachStore("SKffffffffffffffffffffffffffffffff", "SECRET")]
    [OnEachStore("ACffffffffffffffffffffffffffffffff", "TOKEN")]
    public async Task Every_operation_answers_the_same_401_for_existing_and_absent_rows(
        Store store,
        string? user,
        string password
    )
    {
        var tenant = await Tenant.NewAsync(await Twilio.NewAccountAsync(store), "victim");
        var other = await Twilio.NewAccountAsync(store);
        using var http = user is null ? new() : Twilio.NewClient(other.Server, Filled(user), Filled(password));
        http.BaseAddress ??= other.Server.Address;
        var before = await Rows.WithAsync(other.Server, tenant.Twilio.AccountSid);

        foreach (var operation in await ServedOperation.AllAsync(other.Server.Address))
        {
            await AssertRefusedAsync(http, operation, operation.PathOf(operation.Named.Select(tenant.SidOf)));
            await AssertRefusedAsync(http, operation, operation.PathOf(operation.Named.Select(_ => "nobody")));
        }

        Assert.Equal(before, await Rows.WithAsync(other.Server, tenant.Twilio.AccountSid));

        string Filled(string text) =>
            text switch
            {
                "ACCOUNT" => tenant.Twilio.AccountSid,
                "KEY" => TestServer.ApiKeyOf(tenant.Twilio.AccountSid).Sid,
                "TOKEN" => TestServer.TokenOf(tenant.Twilio.AccountSid),
                "SECRET" => TestServer.ApiKeyOf(tenant.Twilio.AccountSid).Secret,
                "TOKEN OF ANOTHER" => TestServer.TokenOf(other.AccountSid),
                "SECRET OF ANOTHER" => TestServer.ApiKeyOf(other.AccountSid).Secret,
                _ => text,
            };
    }

    [Fact]
    public async Task A_key_removed_from_the_configuration_is_invalid_after_the_next_start()
    {
        (string, string)[] account =
        [
            ("Accounts__0__Sid", ServerProcess.AccountSid),
            ("Accounts__0__AuthToken", ServerProcess.AuthToken),
        ];
        string conversation;
        await using var first = await ServerProcess.StartAsync(
            null,
            [.. account, ("Accounts__0__ApiKeys__0__Sid", Key), ("Accounts__0__ApiKeys__0__Secret", "secret")]
        );
        using (var known = ServerProcess.NewClient(first.Http.BaseAddress!, Key, "secret"))
        {
            conversation = (await first.PostAsync("/v1/Conversations")).Created()["sid"];
            Assert.Contains(conversation, await known.GetStringAsync("/v1/Conversations"), StringComparison.Ordinal);
        }

        await first.KillAsync();
        await using var second = await ServerProcess.StartAsync(first.Folder, account);
        using var revoked = ServerProcess.NewClient(second.Http.BaseAddress!, Key, "secret");

        foreach (var operation in await ServedOperation.AllAsync(second.Http.BaseAddress!))
        {
            await AssertRefusedAsync(
                revoked,
                operation,
                operation.PathOf(
                    operation.Named.Select(resource =>
                        resource == Resources.Conversations
                            ? conversation
                            : $"{resource.SidPrefix}{ServerProcess.AccountSid[2..]}"
                    )
                )
            );
        }

        (await second.GetAsync($"/v1/Conversations/{conversation}")).Ok();
    }

    // Spellings that the router and the credential check might read differently.
    [Theory]
    [InlineData("/V1/Conversations/CH")]
    [InlineData("/%76%31/Conversations/CH")]
    [InlineData("//v1/Conversations/CH")]
    [InlineData("/./v1/Conversations/CH")]
    [InlineData("/x/../v1/Conversations/CH")]
    [InlineData("/swagger/../v1/Conversations/CH")]
    [InlineData("/%2e%2e/v1/Conversations/CH")]
    [InlineData("/v1%2FConversations/CH")]
    [InlineData("/v1\\Conversations\\CH")]
    [InlineData("/v1;x=1/Conversations/CH")]
    [InlineData("/v1/./Conversations/CH/")]
    [InlineData("/health/../v1/Conversations/CH")]
    [InlineData("http://localhost/v1/Conversations/CH")]
    public async Task No_spelling_of_a_path_bypasses_the_credentials(string path)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        var conversation = await twilio.NewConversationAsync(("FriendlyName", "secret"));
        string[] headers =
        [
            "Host: localhost",
            "X-Forwarded-Prefix: /v1",
            "X-Original-URL: /v1/Conversations",
            "X-HTTP-Method-Override: GET",
        ];

        var answer = RawHttp.Read(
            await RawHttp.ExchangeAsync(
                twilio.Server.Address,
                RawHttp.Request(
                    $"GET {path.Replace("CH", conversation, StringComparison.Ordinal)} HTTP/1.1",
                    body: null,
                    headers
                )
            )
        );

        Assert.True((int)answer.Status is 401 or 404, answer.Text);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(HttpClient http, ServedOperation operation, string path)
    {
        using var request = new HttpRequestMessage(operation.Method, path)
        {
            Content = operation.FormOf(new("mallory", "stranger")) is { } form
                ? new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)))
                : null,
        };
        using var response = await http.SendAsync(request);
        new Answer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers,
            response.Content.Headers
        ).Is(TwilioErrors.Authenticate);
        Assert.Equal("Basic realm=\"Twilio API\"", response.Headers.WwwAuthenticate.ToString());
    }
}
