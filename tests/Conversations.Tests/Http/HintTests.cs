using System.Text;
using Conversations.Tests.Webhooks;

namespace Conversations.Tests.Http;

/// <summary>The hints for beginners, which are logged only in Development.</summary>
public sealed class HintTests
{
    private const string Json = "Hint: the body is JSON";

    private const string Plus = "begins with a blank where a number has its +";

    private const string Spelling = "was sent in another spelling";

    private const string Webhooks = "Hint: webhooks are configured, but none is called for ";

    [Fact]
    public async Task A_mistake_in_a_request_logs_one_hint_without_values_in_Development()
    {
        await using var server = await ServerProcess.StartAsync();
        var conversation = (await server.PostAsync("/v1/Conversations", ("UniqueName", "personal-1"))).Created()["sid"];
        var participants = $"/v1/Conversations/{conversation}/Participants";

        await HintedAsync(Json, "application/json", """{"Identity":"personal-2"}""");
        await HintedAsync(Json, "application/x-www-form-urlencoded", """{"Identity":"personal-3"}""");
        await HintedAsync(
            $"MessagingBinding.Address {Plus}",
            Form,
            "MessagingBinding.Address=+15005550123&MessagingBinding.ProxyAddress=%2B15005550124"
        );
        await HintedAsync(
            $"MessagingBinding.ProxyAddress {Plus}",
            Form,
            "MessagingBinding.Address=whatsapp:%2B15005550125&MessagingBinding.ProxyAddress=whatsapp:+15005550126"
        );
        await HintedAsync($"Identity {Spelling}", Form, "identity=personal-4");
        await HintedAsync(
            $"MessagingBinding.ProxyAddress {Spelling}",
            Form,
            "MessagingBinding.Address=%2B15005550127&messagingBinding.ProxyAddress=%2B15005550128"
        );
        await HintedAsync($"Attributes {Spelling}", Form, "Identity=personal-5&attributes={\"personal-6\":1}");
        await HintedAsync(
            $"RoleSid {Spelling}",
            Form,
            "Identity=personal-7&role_sid=RL00000000000000000000000000000000"
        );
        var list = await server.GetAsync($"{participants}?pageSize=1");
        Assert.Contains(
            $"PageSize {Spelling}",
            await server.LineAsync($"Hint: PageSize {Spelling}"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            list.Headers.GetValues("Twilio-Request-Id").Single(),
            await server.LineAsync($"Hint: PageSize {Spelling}"),
            StringComparison.Ordinal
        );

        // Correct and unknown parameters give no hint, nor does a type without a body or a bracket without JSON.
        var before = HintsOf(server).Count;
        await SendAsync("application/json", "");
        await SendAsync(Form, "{personal-12}=personal-13");
        await SendAsync(Form, "[personal-14]=personal-15");
        await SendAsync(Form, "Identity=personal-8+with+blanks&personal-9=personal-10&Attributes={}");
        await SendAsync(Form, "MessagingBinding.Address=%2B15005550129&MessagingBinding.ProxyAddress=%2B15005550130");
        await server.LineAsync(
            (await server.GetAsync($"{participants}?PageSize=1&personal-11=+1"))
                .Headers.GetValues("Twilio-Request-Id")
                .Single()
        );
        Assert.Equal(before, HintsOf(server).Count);
        Assert.Equal(9, before);
        LoggingTests.AssertNothingPersonal(server.Output);

        async Task HintedAsync(string hint, string type, string body)
        {
            var known = HintsOf(server).Count;
            var answer = await SendAsync(type, body);
            // Waits for the hint and the request's own line.
            await server.LineAsync(answer.Headers.GetValues("Twilio-Request-Id").Single(), number: 2);
            var line = Assert.Single(HintsOf(server).Skip(known));
            Assert.Contains(
                $"INF] {(hint.StartsWith("Hint", StringComparison.Ordinal) ? "" : "Hint: ")}{hint}",
                line,
                StringComparison.Ordinal
            );
        }

        Task<Answer> SendAsync(string type, string body) =>
            server.SendAsync(
                new(HttpMethod.Post, participants) { Content = new StringContent(body, Encoding.UTF8, type) }
            );
    }

    [Theory, OnEachStore]
    public async Task A_write_without_the_webhook_header_logs_a_hint_in_Development_while_webhooks_are_configured(
        Store store
    )
    {
        await using var server = await ServerProcess.StartAsync(null, await DatabaseAsync(store));
        var conversation = (await server.PostAsync("/v1/Conversations")).Created()["sid"];
        var participants = $"/v1/Conversations/{conversation}/Participants";
        var first = await server.PostAsync(participants, ("Identity", "alice"));
        await server.LineAsync(first.Headers.GetValues("Twilio-Request-Id").Single());
        Assert.Empty(HintsOf(server)); // No webhook is configured.

        (
            await server.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", "http://127.0.0.1:9/"),
                ("Filters", "onParticipantAdded")
            )
        ).Ok();
        (await server.PostAsync(participants, ("Identity", "bob"))).Created();
        Assert.EndsWith(
            "the request has no header X-Twilio-Webhook-Enabled: true",
            await server.LineAsync($"{Webhooks}onParticipantAdded"),
            StringComparison.Ordinal
        );

        (await server.PostAsync("/v1/Conversations")).Created(); // No webhook asks for this event.

        using HttpRequestMessage enabled = new(HttpMethod.Post, participants)
        {
            Content = new FormUrlEncodedContent([new("Identity", "carol")]),
        };
        enabled.Headers.Add("X-Twilio-Webhook-Enabled", "true");
        var told = (await server.SendAsync(enabled)).Created();
        await server.LineAsync(told.Headers.GetValues("Twilio-Request-Id").Single());
        Assert.Single(HintsOf(server));

        // A webhook of the conversation counts as well.
        (await server.PostAsync("/v1/Configuration/Webhooks", ("PostWebhookUrl", ""))).Ok();
        var other = (await server.PostAsync("/v1/Conversations")).Created()["sid"];
        (
            await server.PostAsync(
                $"/v1/Conversations/{conversation}/Webhooks",
                ("Target", "webhook"),
                ("Configuration.Url", "http://127.0.0.1:9/"),
                ("Configuration.Filters", "onParticipantRemoved"),
                ("Configuration.Method", "POST")
            )
        ).Created();
        (await server.PostAsync($"/v1/Conversations/{other}/Participants", ("Identity", "dave"))).Created();
        (await server.SendAsync(new(HttpMethod.Delete, $"{participants}/bob"))).NoContent();
        await server.LineAsync($"{Webhooks}onParticipantRemoved");
        Assert.Equal(2, HintsOf(server).Count);
    }

    [Fact]
    public async Task No_hints_are_logged_in_Production()
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [("Accounts__0__Sid", ServerProcess.AccountSid), ("Accounts__0__AuthToken", "a token of production")],
            "--urls",
            "http://127.0.0.1:0"
        );
        using var http = ServerProcess.NewClient(
            server.Http.BaseAddress!,
            ServerProcess.AccountSid,
            "a token of production"
        );
        await http.PostAsync(
            "/v1/Configuration/Webhooks",
            new FormUrlEncodedContent([
                new("PostWebhookUrl", "http://127.0.0.1:9/"),
                new("Filters", "onConversationAdded"),
            ])
        );

        using StringContent json = new("{}", Encoding.UTF8, "application/json"),
            form = new("friendlyName=x&UniqueName=+123", Encoding.UTF8, Form);
        await http.PostAsync("/v1/Conversations", json);
        using var answer = await http.PostAsync("/v1/Conversations", form);

        await server.LineAsync(answer.Headers.GetValues("Twilio-Request-Id").Single());
        Assert.Empty(HintsOf(server));
    }

    private const string Form = "application/x-www-form-urlencoded";

    private static List<string> HintsOf(ServerProcess server) =>
        [.. server.Output.Split('\n').Where(line => line.Contains("Hint: ", StringComparison.Ordinal))];

    private static async Task<(string, string)> DatabaseAsync(Store store) =>
        store == Store.Postgres
            ? ("ConnectionStrings__Postgres", await WebhookServers.NewPostgresDatabaseAsync())
            : ("ConnectionStrings__Sqlite", ":memory:");
}
