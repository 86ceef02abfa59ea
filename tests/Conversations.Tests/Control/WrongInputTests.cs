using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Conversations.Tests.Control;

/// <summary>What /control says to a caller who wrote something wrong.</summary>
public sealed class WrongInputTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Theory]
    [InlineData("freeze", """{"att":"2030-01-02T03:04:05Z"}""", "att is unknown. The members are at.")]
    [InlineData("advance", """{"by":"P1D","seconds":1}""", "seconds is unknown. The members are by, to.")]
    [InlineData("freeze", """{"at":"tomorrow"}""", "at must be a date such as 2030-01-02T03:04:05Z.")]
    [InlineData("run", """{"reset":"yes"}""", "reset must be true or false.")]
    [InlineData("run", """{"reset":true""", "The body is not valid JSON: line 1, byte 14.")]
    [InlineData("run", """[]""", "The body must be a JSON object.")]
    [InlineData("advance", "", "The operation needs a body: JSON with Content-Type: application/json.")]
    public async Task A_wrong_body_is_refused_in_plain_words(string operation, string body, string detail)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        IsRefused(await client.PostTextAsync($"/control/clock/{operation}", body), detail);
    }

    [Fact]
    public async Task A_wrong_member_of_a_list_is_named_with_its_place()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var answer = await client.PostTextAsync("/control/inbound", """{"media":[{},{"name":"a"}]}""");

        IsRefused(answer, "media[1].name is unknown. The members are content_type, filename, size.");
    }

    [Theory]
    [InlineData("requests?stauts=409", "stauts is unknown. The parameters are ")]
    [InlineData("requests?status=abc", "status must be a whole number.")]
    [InlineData("requests?operation=CreateConversations", "operation must be an operation id, such as ")]
    [InlineData("requests?method=FETCH", "method must be GET, POST or DELETE.")]
    [InlineData("requests?limit=0", "limit must be at least 1.")]
    [InlineData("deliveries?result=foo", "result must be delivered or failed.")]
    [InlineData("deliveries?limit=-1", "limit must be at least 1.")]
    [InlineData("phones/+1?status=weird", "status must be sent, delivered, read, failed or undelivered.")]
    [InlineData("phones/+1?limit=0", "limit must be at least 1.")]
    [InlineData("conversations?limit=0", "limit must be at least 1.")]
    [InlineData("conversations?offset=-1", "offset must be at least 0.")]
    [InlineData("clock?at=2030-01-02", "at is unknown. The operation has no parameters.")]
    public async Task A_wrong_query_is_refused_with_what_is_allowed(string path, string detail)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        IsRefused(await client.GetAsync($"/control/{path}"), detail);
    }

    [Fact]
    public async Task A_body_where_none_is_taken_is_refused_unless_it_says_nothing()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        const string path = "/control/deliveries/resend";

        (await client.PostTextAsync(path, "{}")).Ok();
        IsRefused(await client.PostTextAsync(path, """{"since":"2030-01-02"}"""), "The operation takes no body.");
        IsRefused(await client.PostAsync($"{path}?since=now"), "since must be a date such as 2030-01-02T03:04:05Z.");
    }

    [Fact]
    public async Task No_operation_accepts_what_it_does_not_know()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        foreach (var operation in await OperationsAsync())
        {
            var path = PathOf(client, operation);
            var query = await SendAsync(client, operation, $"{path}?unknown=1", "{}");
            Assert.Equal((operation.Id, HttpStatusCode.BadRequest), (operation.Id, query.Status));
            Assert.StartsWith("unknown is unknown.", query["detail"], Ordinal);
            if (operation is { Body: not null, Id: not "ImportAccount" })
            {
                var body = await SendAsync(client, operation, path, """{"unknown":1}""");
                Assert.Equal((operation.Id, HttpStatusCode.BadRequest), (operation.Id, body.Status));
                Assert.StartsWith("unknown is unknown. The members are ", body["detail"], Ordinal);
                Assert.All(operation.Body, member => Assert.Contains(member, body["detail"], Ordinal));
            }
        }
    }

    [Fact]
    public async Task No_answer_names_what_the_server_is_made_of()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        foreach (var operation in (await OperationsAsync()).Where(operation => operation.Body is not null))
        {
            var path = PathOf(client, operation);
            var isOptional = operation.Id is "CreateAccount" or "CreateCheckpoint" or "FreezeClock" or "RunClock";
            var none = await SendAsync(client, operation, path, (string?)null);
            Assert.Equal((operation.Id, isOptional), (operation.Id, none.Status < HttpStatusCode.BadRequest));
            IsPlain(none);
            IsWrong(await SendAsync(client, operation, path, "[]"));
            IsWrong(await SendAsync(client, operation, path, "{"));
            IsWrong(await SendAsync(client, operation, path, "a=b", "application/x-www-form-urlencoded"));
            foreach (var member in operation.Body!)
            {
                IsWrong(await SendAsync(client, operation, path, new JsonObject { [member] = new JsonObject() }));
                IsWrong(await SendAsync(client, operation, path, new JsonObject { [member] = new JsonArray(1) }));
            }
        }

        static void IsWrong(Answer answer)
        {
            Assert.InRange((int)answer.Status, 400, 499);
            Assert.NotNull(answer["detail"]);
            IsPlain(answer);
        }
    }

    [Theory]
    [InlineData("""{"conversations": [{"date_created": "soon"}]}""", "date_created must be a date such as ")]
    [InlineData("""{"conversations": [{"attributes": 1}]}""", "attributes must be a string")]
    [InlineData("""{"conversations": [{"next_message_index": "x"}]}""", "next_message_index must be a whole number")]
    [InlineData("""{"conversations": ["x" "y"]}""", "a row of conversations must be an object")]
    [InlineData("""{"conversations": [{"attributes" 1}]}""", "this is not valid JSON")]
    [InlineData("""{"messages": [{"conversation_sid": "a", "media": [1]}]}""", "media[0] must be an object")]
    public async Task A_wrong_document_is_refused_in_plain_words(string document, string detail)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        IsRefused(await client.PostTextAsync("/control/import", document), $"Line 1: {detail}");
    }

    private static void IsRefused(Answer answer, string detail)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType?.MediaType);
        Assert.StartsWith(detail, answer["detail"], Ordinal);
        IsPlain(answer);
    }

    private static void IsPlain(Answer answer)
    {
        foreach (
            var word in new[] { "Conversations.Api", "System.", "Nullable", "parameter \"", "BytePosition", ".NET" }
        )
        {
            Assert.DoesNotContain(word, answer.Text.Replace("\\\"", "\"", Ordinal), Ordinal);
        }
    }

    private static async Task<IReadOnlyList<ControlOperation>> OperationsAsync() =>
        await ControlOperation.AllAsync((await TestServer.OnAsync(Store.Sqlite)).Address);

    private static string PathOf(ControlClient client, ControlOperation operation) =>
        operation.PathOf(operation.Named.Select(name => name == "sid" ? client.AccountSid : $"{Guid.Empty}"));

    private static Task<Answer> SendAsync(
        ControlClient client,
        ControlOperation operation,
        string path,
        JsonObject body
    ) => SendAsync(client, operation, path, body.ToJsonString());

    private static Task<Answer> SendAsync(
        ControlClient client,
        ControlOperation operation,
        string path,
        string? body,
        string type = "application/json"
    ) =>
        client.SendAsync(
            new(operation.Method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, type) }
        );
}
