using System.Net;

namespace Conversations.Tests.Control;

/// <summary>The rules of faults as rows: what they may say, and how long they stay.</summary>
public sealed class FaultRuleTests
{
    [Theory, OnEachStore]
    public async Task A_rule_is_shown_as_it_was_made_until_it_is_deleted(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        const string Text =
            """{"operation":"CreateUser","identity":"\u0000 ü\ud83d\ude00","status":429,"delay":"1.5s","every":2}""";

        var made = await client.PostTextAsync("/control/faults", Text);
        var second = await FaultTests.AddAsync(client, """{"receiver":"/post","webhook_error":"refused"}""");
        var id = made.Created()["id"];

        Assert.Equal($"/control/faults/{id}", made.Headers.Location!.ToString());
        Assert.Equal(
            ("\0 ü😀", "1.5s", 2, 0, 0),
            (
                made["identity"],
                made["delay"],
                (int)made.Body["every"]!,
                (int)made.Body["matches"]!,
                (int)made.Body["hits"]!
            )
        );
        var listed = (await client.GetAsync("/control/faults")).Ok().Body["faults"]!.AsArray();
        Assert.Equal([id, second], listed.Select(rule => (string?)rule!["id"]));
        Assert.Equal(made.Text, listed[0]!.ToJsonString(Api.Wire.TwilioJson.Options));
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"/control/faults/{id}")).Status);
        (await other.DeleteAsync("/control/faults")).NoContent();
        (await client.DeleteAsync($"/control/faults/{id}")).NoContent();
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"/control/faults/{id}")).Status);
        Assert.Equal([second], await IdsAsync(client));
        (await client.DeleteAsync("/control/faults")).NoContent();
        Assert.Empty(await IdsAsync(client));
    }

    [Theory, OnEachStore]
    public async Task A_reset_deletes_rules_and_a_restore_keeps_them(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var rule = """{"operation":"CreateConversation","code":50353}""";
        var id = await FaultTests.AddAsync(client, rule);
        (await client.PostTextAsync("/control/checkpoints", """{"name":"one"}""")).Created();
        (await client.PostAsync("/control/checkpoints/one/restore")).Ok();
        Assert.DoesNotContain(id, (await client.GetAsync("/control/export")).Ok().Text, StringComparison.Ordinal);
        Assert.Equal([id], await IdsAsync(client));
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync("/v1/Conversations")).Status);

        (await client.PostAsync("/control/reset")).NoContent();

        Assert.Empty(await IdsAsync(client));
        (await client.PostAsync("/v1/Conversations")).Created();
        await FaultTests.AddAsync(client, rule);
        (await client.DeleteAsync($"/control/accounts/{client.AccountSid}")).NoContent();
        Assert.Empty(await Rows.WithAsync(client.Server, client.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task An_account_has_at_most_100_rules_also_when_they_come_at_once(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 110)
                .Select(_ => client.PostTextAsync("/control/faults", """{"path":"/nowhere","status":500}"""))
        );

        Assert.Equal(
            [(HttpStatusCode.Created, 100), (HttpStatusCode.Conflict, 10)],
            answers.GroupBy(answer => answer.Status).Select(same => (same.Key, same.Count())).Order()
        );
        Assert.Equal(100, (await IdsAsync(client)).Count);
    }

    [Theory]
    [InlineData("{}", "A rule needs")]
    [InlineData("""{"operation":"CreateUser"}""", "A rule needs")]
    [InlineData("""{"status":429,"delivery":"failed"}""", "only one")]
    [InlineData("""{"webhook_status":500,"delay":"1s"}""", "only one")]
    [InlineData("""{"status":429,"colour":1}""", "colour")]
    [InlineData("""{"status":"many"}""", "status must be a whole number")]
    [InlineData("""{"status":429.5}""", "status must be a whole number")]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("""{"code":12345}""", "code 12345 is no error of this API. Swagger UI")]
    [InlineData("""{"status":418}""", "status 418 needs the code")]
    [InlineData("""{"status":400,"code":20429}""", "status 400 and code 20429")]
    [InlineData("""{"operation":"createUser","status":429}""", "operation must be")]
    [InlineData("""{"method":"PUT","status":429}""", "method")]
    [InlineData("""{"path":"v1","status":429}""", "path")]
    [InlineData("""{"path":"/v1/Users?PageSize=1","status":429}""", "path")]
    [InlineData("""{"path":"","status":429}""", "path")]
    [InlineData("""{"receiver":"/post","status":429}""", "receiver")]
    [InlineData("""{"operation":"CreateUser","webhook_status":500}""", "operation")]
    [InlineData("""{"identity":"alice","delivery":"failed"}""", "identity")]
    [InlineData("""{"nth":1,"every":2,"status":429}""", "at most one")]
    [InlineData("""{"nth":0,"status":429}""", "nth")]
    [InlineData("""{"every":-1,"status":429}""", "every")]
    [InlineData("""{"times":0,"status":429}""", "times")]
    [InlineData("""{"probability":1.1,"status":429}""", "probability")]
    [InlineData("""{"probability":0,"status":429}""", "probability")]
    [InlineData("""{"seed":1,"status":429}""", "seed")]
    [InlineData("""{"delay":"61s"}""", "delay")]
    [InlineData("""{"delay":"0s"}""", "delay")]
    [InlineData("""{"delay":"NaN"}""", "delay")]
    [InlineData("""{"delay":"s"}""", "delay")]
    [InlineData("""{"delay":"99999999999999999999999999999999999999s"}""", "delay")]
    [InlineData("""{"cut":"later"}""", "cut")]
    [InlineData("""{"cut":"before","status":500}""", "cut")]
    [InlineData("""{"webhook_status":99}""", "webhook_status")]
    [InlineData("""{"webhook_status":500,"webhook_error":"timeout"}""", "webhook_status")]
    [InlineData("""{"webhook_error":"slow"}""", "webhook_error")]
    [InlineData("""{"delivery":"read"}""", "delivery")]
    [InlineData("""{"delivery":"sent","delivery_error":30003}""", "delivery_error")]
    [InlineData("""{"delivery":"failed","delivery_error":50433}""", "https://www.twilio.com/docs/api/errors")]
    public async Task A_wrong_rule_is_400_with_the_reason(string rule, string reason)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var answer = await client.PostTextAsync("/control/faults", rule);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType!.MediaType);
        Assert.Contains(reason, answer["detail"], StringComparison.Ordinal);
        Assert.Empty(await IdsAsync(client));
    }

    [Fact]
    public async Task A_long_text_is_400()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var answer = await client.PostTextAsync(
            "/control/faults",
            $$"""{"identity":"{{new string('a', 513)}}","status":429}"""
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    private static async Task<IReadOnlyList<string?>> IdsAsync(ControlClient client) =>
        [
            .. (await client.GetAsync("/control/faults")).Ok().Body["faults"]!
                .AsArray()
                .Select(rule => (string?)rule!["id"]),
        ];
}
