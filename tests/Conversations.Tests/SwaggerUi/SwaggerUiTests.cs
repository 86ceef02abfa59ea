using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Conversations.Tests.Conformance;

namespace Conversations.Tests.SwaggerUi;

/// <summary>The page at /swagger in a real browser. The actions are in node/page.cjs.</summary>
public sealed class SwaggerUiTests(SwaggerUiTests.BuiltIn builtIn) : IClassFixture<SwaggerUiTests.BuiltIn>
{
    private const string Starter = "my-first-conversation";

    private const string OtherAccount = "AC0123456789abcdef0123456789abcdef";

    private const string OtherToken = "another-token-of-32-letters-0000";

    private static readonly (string, string)[] InMemory = [("ConnectionStrings__Sqlite", "Data Source=:memory:")];

    private static readonly (string, string)[] Other =
    [
        ("Accounts__0__Sid", OtherAccount),
        ("Accounts__0__AuthToken", OtherToken),
        .. InMemory,
    ];

    [NeedsChromium]
    public async Task Every_operation_opens_with_values_that_can_be_executed()
    {
        var server = await builtIn.Server;

        var control = await ControlOperation.AllAsync(server.Http.BaseAddress!);

        var seen = await Chromium.SeeAsync<Opened>("operations", server.Http.BaseAddress!);

        Assert.Empty(seen.Errors);
        var ids = control.Select(operation => operation.Id);
        Assert.Equal(
            OfficialOperation.Intended.Select(operation => operation.Id).Concat(ids).Order(StringComparer.Ordinal),
            seen.Operations.Select(operation => operation.Id).Order(StringComparer.Ordinal)
        );
        Assert.All(seen.Operations, o => Assert.True(o is { Broken: false, CanExecute: true }, o.Id));

        var fields = seen
            .Operations.SelectMany(o => o.Fields.Select(field => (Name: $"{o.Id} {field.Name}", Field: field)))
            .ToDictionary(pair => pair.Name, pair => pair.Field);
        Assert.DoesNotContain(fields.Values, field => field.Value == "string");
        Assert.All(fields.Values.Where(field => field.Name == "ConversationSid"), f => Assert.Equal(Starter, f.Value));
        Assert.Equal("alice", fields["CreateConversationParticipant Identity"].Value);
        Assert.Equal("addParticipant", fields["CreateRole Permission"].Value);
        Assert.Equal("Support", fields["CreateRole FriendlyName"].Value);

        // The SIDs of roles, webhooks, messages and receipts are unknown before one is created, and so are the ids of
        // faults and deliveries.
        Assert.All(
            fields.Where(pair => pair.Value is { Required: true, Value: "" }).Select(pair => pair.Key),
            name =>
                Assert.Matches(
                    "^((Fetch|Update|Delete|List)(Service)?(Role|ConversationScopedWebhook|ConversationMessage|"
                        + "ConversationMessageReceipt) (Message)?Sid|(DeleteFault|ResendDelivery) id)$",
                    name
                )
        );
        await AssertPathsWorkAsync(server, control, fields);
        Assert.Equal(
            ["Chat", "SMS", "WhatsApp"],
            seen.Operations.Single(operation => operation.Id == "CreateConversationParticipant").Buttons
        );
    }

    // Executes the operations of /control whose paths name something, with the values shown.
    private static async Task AssertPathsWorkAsync(
        ServerProcess server,
        IReadOnlyList<ControlOperation> control,
        Dictionary<string, Field> fields
    )
    {
        Dictionary<string, int> statuses = new()
        {
            ["FetchPhone"] = 200,
            ["RestoreCheckpoint"] = 200,
            ["DeleteCheckpoint"] = 204,
            ["DeleteAccount"] = 409,
        };
        var document = JsonNode.Parse((await server.GetAsync("/swagger/control/swagger.json")).Ok().Text)!;
        var post = document["paths"]!["/control/checkpoints"]!["post"]!;
        var checkpoint = post["requestBody"]!["content"]!["application/json"]!["example"]!;
        using var made = await server.Http.PostAsJsonAsync("/control/checkpoints", checkpoint);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        foreach (var (id, status) in statuses)
        {
            var operation = control.Single(operation => operation.Id == id);
            var values = operation.Named.Select(name => fields[$"{id} {name}"].Value);
            using HttpRequestMessage request = new(operation.Method, operation.PathOf(values));
            using var answer = await server.Http.SendAsync(request);
            Assert.Equal((id, status), (id, (int)answer.StatusCode));
        }
    }

    [NeedsChromium]
    public async Task A_conversation_with_a_chat_and_an_SMS_participant_takes_at_most_ten_clicks_and_forty_characters()
    {
        var server = await builtIn.Server;

        var seen = await Chromium.SeeAsync<Measured>("measure", server.Http.BaseAddress!);

        Answered[] answers = [seen.Conversation, seen.Chat, seen.Sms, seen.List];
        Assert.Equal([201, 201, 201, 200], answers.Select(answer => answer.Status));
        Assert.InRange(seen.Clicks, 1, 10);
        Assert.InRange(seen.Characters, 0, 40);

        var conversations = (await server.GetAsync("/v1/Conversations")).Ok().Body["conversations"]!.AsArray();
        var created = conversations.Single(conversation => (string?)conversation!["unique_name"] != Starter)!["sid"];
        var list = (await server.GetAsync($"/v1/Conversations/{created}/Participants")).Ok();
        var participants = list.Body["participants"]!.AsArray();
        Assert.Equal(["alice", "+15558675310"], participants.Select(Name));
        Assert.All(participants, p => Assert.Contains((string)p!["sid"]!, seen.List.Body, StringComparison.Ordinal));

        static string? Name(JsonNode? participant) =>
            (string?)participant!["identity"] ?? (string?)participant["messaging_binding"]!["address"];
    }

    [NeedsChromium]
    public async Task A_form_is_filled_in_with_an_example_and_reset_to_its_initial_values()
    {
        var server = await builtIn.Server;

        var seen = await Chromium.SeeAsync<Examples>(
            "examples",
            server.Http.BaseAddress!,
            new { id = "CreateConversationScopedWebhook", example = "Studio" }
        );

        string[] start =
        [
            $"ConversationSid={Starter}",
            "Target=webhook",
            "Configuration.Url=http://localhost:3000/after",
            "Configuration.Filters=onParticipantAdded",
        ];
        Assert.Equal(start, seen.First.Select(Text));
        Assert.Equal(
            [$"ConversationSid={Starter}", "Target=studio", "Configuration.FlowSid=FW00000000000000000000000000000001"],
            seen.Filled.Select(Text)
        );
        Assert.Equal(start, seen.Reset.Select(Text));

        static string Text(Field field) => $"{field.Name}={field.Value}";
    }

    [TheoryNeedsChromium]
    [InlineData(null, null)]
    [InlineData(ServerProcess.AccountSid, "wrong")]
    public async Task An_operation_without_the_right_credentials_shows_its_401_at_once(string? user, string? password)
    {
        var server = await builtIn.Server;

        var answer = await Chromium.SeeAsync<Answered>(
            "execute",
            server.Http.BaseAddress!,
            new
            {
                user,
                password,
                id = "ListConversation",
            }
        );

        Assert.Equal(401, answer.Status);
        Assert.Contains("20003", answer.Body, StringComparison.Ordinal);

        // For all other clients the server asks for credentials like Twilio.
        using HttpClient stranger = new();
        using var refused = await stranger.GetAsync(new Uri(server.Http.BaseAddress!, "/v1/Conversations"));
        var challenge = refused.Headers.WwwAuthenticate;
        Assert.Equal("Basic realm=\"Twilio API\"", challenge.ToString());
    }

    [NeedsChromium]
    public async Task The_page_is_authorized_as_the_built_in_account_in_Development_and_keeps_other_credentials()
    {
        var server = await builtIn.Server;

        var seen = await AuthorizeAsync(server);

        Assert.Equal(new(ServerProcess.AccountSid, ServerProcess.AccountSid, CanExecute: true, OtherAccount), seen);
    }

    [NeedsChromium]
    public async Task The_page_is_not_authorized_in_Development_with_configured_accounts()
    {
        await using var server = await ServerProcess.StartAsync(folder: null, Other);

        Assert.DoesNotContain(OtherToken, await PageAsync(server), StringComparison.Ordinal);
        Assert.DoesNotContain(ServerProcess.AuthToken, await PageAsync(server), StringComparison.Ordinal);
        Assert.Equal(new(First: null, Again: null, CanExecute: true, OtherAccount), await AuthorizeAsync(server));
        using var http = ServerProcess.NewClient(server.Http.BaseAddress!, OtherAccount, OtherToken);
        Assert.Empty(JsonNode.Parse(await http.GetStringAsync("/v1/Conversations"))!["conversations"]!.AsArray());
    }

    [NeedsChromium]
    public async Task The_page_is_not_authorized_in_Production_and_the_browser_stores_no_credentials()
    {
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            [("ASPNETCORE_ENVIRONMENT", "Production"), .. Other],
            "--urls",
            "http://127.0.0.1:0"
        );

        Assert.DoesNotContain(OtherToken, await PageAsync(server), StringComparison.Ordinal);
        Assert.DoesNotContain(ServerProcess.AuthToken, await PageAsync(server), StringComparison.Ordinal);
        var document = JsonNode.Parse((await server.GetAsync("/swagger/v1/swagger.json")).Ok().Text)!;
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject());
        var parameters = operations.SelectMany(operation => operation.Value!["parameters"]?.AsArray() ?? []);
        Assert.All(parameters, parameter => Assert.Null(parameter!["example"]));
        Assert.Equal(new(First: null, Again: null, CanExecute: false, Other: null), await AuthorizeAsync(server));
        using var http = ServerProcess.NewClient(server.Http.BaseAddress!, OtherAccount, OtherToken);
        Assert.Empty(JsonNode.Parse(await http.GetStringAsync("/v1/Conversations"))!["conversations"]!.AsArray());
    }

    [NeedsChromium]
    public async Task The_page_has_a_title_an_icon_links_and_the_most_used_operations_first()
    {
        var server = await builtIn.Server;

        var seen = await Chromium.SeeAsync<Look>("look", server.Http.BaseAddress!);

        Assert.Equal(("Conversations API", 200), (seen.Title, seen.Icon));
        Assert.Equal(
            [
                $"{server.Http.BaseAddress}swagger/README.md",
                "https://www.twilio.com/docs/conversations/api",
                $"{server.Http.BaseAddress}swagger/v1/swagger.json",
            ],
            seen.Links
        );
        Assert.Equal([200, 200], seen.Own);
        Assert.Equal(["Participants", "Messages", "Conversations"], seen.Tags.Take(3));
        Assert.Equal(
            ["Conversations v1", "Conversations v1 with /Services/{ChatServiceSid}", "Control"],
            seen.Definitions
        );
    }

    private static Task<Authorized> AuthorizeAsync(ServerProcess server) =>
        Chromium.SeeAsync<Authorized>(
            "authorization",
            server.Http.BaseAddress!,
            new
            {
                user = OtherAccount,
                password = OtherToken,
                id = "ListConversation",
            }
        );

    private static async Task<string> PageAsync(ServerProcess server) =>
        (await server.GetAsync("/swagger/index.html")).Ok().Text;

    /// <summary>A server with the built-in account.</summary>
    public sealed class BuiltIn : IAsyncLifetime
    {
        private readonly Lazy<Task<ServerProcess>> started = new(() =>
            ServerProcess.StartAsync(folder: null, InMemory)
        );

        public Task<ServerProcess> Server => started.Value;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (started.IsValueCreated)
            {
                await (await Server).DisposeAsync();
            }
        }
    }

    private sealed record Opened(IReadOnlyList<Operation> Operations, IReadOnlyList<string> Errors);

    private sealed record Operation(
        string Definition,
        string Id,
        bool CanExecute,
        bool Broken,
        IReadOnlyList<Field> Fields,
        IReadOnlyList<string> Buttons
    );

    private sealed record Field(string Name, bool Required, IReadOnlyList<string> Values)
    {
        public string Value => string.Join(' ', Values);
    }

    private sealed record Examples(IReadOnlyList<Field> First, IReadOnlyList<Field> Filled, IReadOnlyList<Field> Reset);

    private sealed record Answered(int Status, string? Body);

    private sealed record Measured(
        int Clicks,
        int Characters,
        Answered Conversation,
        Answered Chat,
        Answered Sms,
        Answered List
    );

    private sealed record Authorized(string? First, string? Again, bool CanExecute, string? Other);

    private sealed record Look(
        string Title,
        int Icon,
        IReadOnlyList<string> Links,
        IReadOnlyList<int> Own,
        IReadOnlyList<string> Tags,
        IReadOnlyList<string> Definitions
    );
}
