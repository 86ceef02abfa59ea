using System.Net;
using System.Text;

namespace Conversations.Tests.Control;

/// <summary>What holds for every operation of the document of /control.</summary>
public sealed class EveryOperationTests
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    private const string Token = "another-token-of-32-letters-0000";

    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task Every_operation_is_404_in_Production_with_and_without_credentials()
    {
        using var server = TestServer.With(
            ("environment", "Production"),
            ("Accounts:0:Sid", Sid),
            ("Accounts:0:AuthToken", Token)
        );
        using var client = ControlClient.Of(server, Sid, Token);
        using HttpClient anyone = new() { BaseAddress = server.Address };

        foreach (var operation in await OperationsAsync())
        {
            foreach (var http in new[] { client.Http, anyone })
            {
                Assert.Equal(
                    (operation.Id, HttpStatusCode.NotFound),
                    (operation.Id, (await SendAsync(http, operation, _ => "1")).Status)
                );
            }
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("X-Nothing", "1", HttpStatusCode.Unauthorized)]
    public async Task No_operation_answers_to_a_page_of_another_site_or_without_credentials(
        string header,
        string value,
        HttpStatusCode status
    )
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        await client.PostAsync("/v1/Conversations", ("FriendlyName", "kept"));
        client.Http.DefaultRequestHeaders.Add(header, value);
        using HttpClient anyone = new() { BaseAddress = client.Server.Address };

        foreach (var operation in await OperationsAsync())
        {
            if (status == HttpStatusCode.Forbidden)
            {
                await IsAsync(client.Http, operation, status);
            }
            else if (operation.Id != "CreateAccount")
            {
                await IsAsync(anyone, operation, status);
            }
        }

        client.Http.DefaultRequestHeaders.Remove(header);
        Assert.Equal(["kept"], await client.ConversationsAsync());

        async Task IsAsync(HttpClient http, ControlOperation operation, HttpStatusCode expected)
        {
            var answer = await SendAsync(http, operation, name => name == "sid" ? client.AccountSid : "1");
            Assert.Equal((operation.Id, expected), (operation.Id, answer.Status));
            Assert.Equal("application/problem+json", answer.ContentHeaders.ContentType?.MediaType);
        }
    }

    [Theory, OnEachStore]
    public async Task A_foreign_name_gets_the_answer_of_an_absent_one_and_no_answer_shows_a_foreign_row(Store store)
    {
        using var victim = await ControlClient.NewAsync(store);
        using var stranger = await ControlClient.NewAsync(victim.Server);
        var rows = await AccountTests.SampleAsync(victim);
        await AccountTests.SampleAsync(stranger);
        (await victim.PostTextAsync("/control/checkpoints", """{"name":"prepared"}""")).Created();
        var delivery = (await victim.GetAsync("/control/deliveries?wait=60s")).Ok().Body["deliveries"]![0]!["id"];
        await victim.PostAsync("/control/deliveries/settle");
        var before = (await victim.GetAsync("/control/export")).Ok().Text;

        foreach (var operation in await OperationsAsync())
        {
            var foreign = await SendAsync(stranger.Http, operation, Foreign);
            var absent = await SendAsync(stranger.Http, operation, Absent);

            Assert.True((int)foreign.Status < 500, $"{operation.Id}: {foreign.Text}");
            Assert.DoesNotContain(rows.Sample.Name, foreign.Text, Ordinal);
            Assert.All([.. rows.Sids, victim.AccountSid], sid => Assert.DoesNotContain(sid, foreign.Text, Ordinal));
            if (operation.Named is not [])
            {
                Assert.Equal((operation.Id, absent.Status), (operation.Id, foreign.Status));
                Assert.Equal(absent.Text, foreign.Text.Replace(Foreign("address"), Absent("address"), Ordinal));
            }
        }

        Assert.Equal(before, (await victim.GetAsync("/control/export")).Ok().Text);
        (await victim.PostAsync("/control/checkpoints/prepared/restore")).Ok();

        string Foreign(string name) =>
            name switch
            {
                "sid" => victim.AccountSid,
                "name" => "prepared",
                "id" => $"{delivery}",
                "address" => rows.Sample.Phone,
                _ => throw new InvalidOperationException($"The test needs a foreign {name}."),
            };

        static string Absent(string name) =>
            name switch
            {
                "sid" => Sid,
                "id" => "00000000-0000-0000-0000-000000000000",
                "address" => "+15550000099",
                _ => "absent",
            };
    }

    private static async Task<IReadOnlyList<ControlOperation>> OperationsAsync() =>
        await ControlOperation.AllAsync((await TestServer.OnAsync(Store.Sqlite)).Address);

    private static async Task<Answer> SendAsync(HttpClient http, ControlOperation operation, Func<string, string> value)
    {
        using HttpRequestMessage request = new(operation.Method, operation.PathOf(operation.Named.Select(value)))
        {
            Content = operation.Body is null ? null : new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        using var response = await http.SendAsync(request);
        return await ControlClient.AnswerOf(response);
    }
}
