using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Conversations.Faults.Fuzzing;

/// <summary>
/// The longest legal texts in the widest characters, in every parameter at once and in every operation. The rows that
/// come of it are read, listed page by page, changed and deleted. No answer is a 5xx, and both databases give the same.
/// </summary>
public sealed partial class ExtremeTests(ITestOutputHelper output)
{
    // Kinds of participants by the parameters that exclude each other.
    private const string Binding = "MessagingBinding.";

    private readonly Random random = new(unchecked((int)Rounds.Seed));
    private readonly List<string[]> rows = [];
    private readonly SortedDictionary<string, int> answers = new(StringComparer.Ordinal);
    private Twilio[] sides = [];
    private IReadOnlyList<ServedOperation> operations = [];
    private Extremes extremes = new(new(0));
    private int requests;

    [NeedsPostgres]
    public async Task No_legal_value_fails_and_both_databases_answer_alike()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("conversations-extremes-");
        var sqlite = $"Data Source={folder.FullName}/conversations.db";
        (string, string)[] settings =
        [
            ("Webhooks:MaxAttempts", "1"),
            ("Limits:DatabaseSeconds", "60"),
            ("Delivery:StepSeconds", "0.01"),
            ("Delivery:WhatsAppReads", "true"),
        ];
        await using var first = TestServer.With([("ConnectionStrings:Sqlite", sqlite), .. settings]);
        await using var second = TestServer.With([
            ("ConnectionStrings:Postgres", postgres.ConnectionString),
            .. settings,
        ]);
        operations = await ServedOperation.AllAsync(first.Address);
        extremes = new(random);

        for (var round = 0; round < Rounds.Of(2, 200); round++)
        {
            foreach (var shape in Enum.GetValues<Shape>())
            {
                sides =
                [
                    (await Twilio.NewAccountAsync(first, shape)).WithWebhooks(),
                    (await Twilio.NewAccountAsync(second, shape)).WithWebhooks(),
                ];
                rows.Clear();
                await RoundAsync(shape);
            }
        }

        output.WriteLine(
            $"FAULTS_SEED={Rounds.Seed}: {requests} requests to the {operations.Count} operations, each on both "
                + $"databases. Answers: {string.Join(", ", answers.Select(pair => $"{pair.Key} × {pair.Value}"))}."
        );
        Invariants.Hold(await Snapshot.OfAsync(Store.Sqlite, sqlite));
        Invariants.Hold(await Snapshot.OfAsync(Store.Postgres, postgres.ConnectionString));
        folder.Delete(recursive: true);
    }

    private async Task RoundAsync(Shape shape)
    {
        var root = "/v1";
        if (shape == Shape.Service)
        {
            root = $"/v1/Services/{await CreateAsync(Resources.Services, "/v1/Services", [])}";
        }

        var conversation = "";
        foreach (
            var resource in Resources.All.Where(resource =>
                resource.Shapes.Contains(shape) && resource is { ViewOf: null, Creates: null, IsMadeByServer: false }
            )
        )
        {
            var path = $"{root}/{resource.Path.Replace("{ConversationSid}", conversation, StringComparison.Ordinal)}";
            List<string> made = [];
            foreach (var form in FormsOf(resource))
            {
                made.Add(await CreateAsync(resource, path, form));
            }

            conversation = resource == Resources.Conversations ? made[0] : conversation;
            if (resource == Resources.Messages)
            {
                await ReceiptsAsync(path, made);
            }

            await ReadAsync(resource, path, made);
            await UpdateAsync(resource, path, made);
        }

        await ViewsAsync(root, conversation);
        await WithParticipantsAsync(root);
        await GroupAsync($"{root}/Conversations");
        await DeleteAsync(root, conversation);
    }

    /// <summary>The receipts of the longest messages, after they were delivered or failed.</summary>
    private async Task ReceiptsAsync(string path, List<string> messages)
    {
        foreach (var message in messages)
        {
            var list = $"{path}/{message}/Receipts";
            for (var i = 0; i < sides.Length; i++)
            {
                await DeliveredAsync(i, list);
            }

            await PagesAsync(list, $"{list}?PageSize=2");
            var receipts = await SendAsync(HttpMethod.Get, list);
            for (var i = 0; i < receipts[0].Body["delivery_receipts"]!.AsArray().Count; i++)
            {
                rows.Add([.. receipts.Select(one => $"{one.Body["delivery_receipts"]![i]!["sid"]}")]);
                await SendAsync(HttpMethod.Get, $"{list}/<<{rows.Count - 1}>>");
            }
        }
    }

    private async Task DeliveredAsync(int side, string list)
    {
        using CancellationTokenSource timeout = new(WebhookReceiver.MaxWait);
        JsonArray receipts;
        do
        {
            await Task.Delay(10, timeout.Token);
            var answer = await SendAsync(sides[side], side, HttpMethod.Get, list, form: null);
            receipts = answer.Ok().Body["delivery_receipts"]!.AsArray();
            Assert.NotEmpty(receipts);
        } while (receipts.Any(receipt => $"{receipt!["status"]}" is not ("delivered" or "failed" or "read")));
    }

    /// <summary>The views of the longest identity and of the longest addresses.</summary>
    private async Task ViewsAsync(string root, string conversation)
    {
        var members = await SendAsync(HttpMethod.Get, $"{root}/Conversations/{conversation}/Participants");
        var participants = members[0].Body["participants"]!.AsArray();
        var addresses = participants.Select(p => p!["messaging_binding"]?["address"]).OfType<JsonNode>();
        var identity = Uri.EscapeDataString($"{participants.Select(p => p!["identity"]).OfType<JsonNode>().First()}");
        var view = $"{root}/ParticipantConversations";
        foreach (
            var query in addresses.Select(a => $"Address={Uri.EscapeDataString($"{a}")}").Append($"Identity={identity}")
        )
        {
            await PagesAsync(view, $"{view}?{query}&PageSize=1");
        }

        var own = $"{root}/Users/{identity}/Conversations";
        var update = operations.First(one => one.Resource == Resources.UserConversations && one.IsForm);
        await SendAsync(HttpMethod.Post, $"{own}/{conversation}", [.. AllOf(update)]);
        await SendAsync(HttpMethod.Get, $"{own}/{conversation}");
        await PagesAsync(own, $"{own}?PageSize=1");
        await SendAsync(HttpMethod.Delete, $"{own}/{conversation}");
    }

    /// <summary>The longest participants that a conversation can be created with.</summary>
    private async Task WithParticipantsAsync(string root)
    {
        var resource = Resources.ConversationWithParticipants;
        var create = operations.First(one => one.Resource == resource);
        var created = await SendAsync(
            HttpMethod.Post,
            $"{root}/{resource.Path}",
            [
                .. Filled(create, []).Where(field => field.Name != "Participant"),
                .. Enumerable.Range(0, 10).Select(_ => NewConversation.With(Participant())),
            ]
        );
        var sids = created.Select(one => one.Accepted()["sid"]).ToArray();
        rows.Add(sids);
        var conversations = $"{root[1..]}/Conversations";
        for (var i = 0; i < sides.Length; i++)
        {
            await NewConversation.ReadyAsync(
                sides[i],
                $"{sides[i].Server.Address}{Filled($"{conversations}/{sids[i]}", i)}"
            );
        }

        var conversation = $"{root}/Conversations/<<{rows.Count - 1}>>";
        await SendAsync(HttpMethod.Get, conversation);
        await PagesAsync($"{conversation}/Participants", $"{conversation}/Participants?PageSize=4");

        // One text of the highest length that is no participant: ten would be longer than a request may be.
        await SendAsync(
            HttpMethod.Post,
            $"{root}/{resource.Path}",
            [.. Filled(create, []).Where(field => field.Name != "UniqueName").DistinctBy(field => field.Name)]
        );

        string Participant() =>
            JsonSerializer.Serialize(
                new Dictionary<string, string>
                {
                    ["identity"] = extremes.Text(256),
                    ["attributes"] = extremes.Json(4096),
                    ["date_created"] = "9999-12-31T23:59:59.9999999Z",
                }
            );
    }

    /// <summary>A group text whose set of addresses is as long as it can be.</summary>
    private async Task GroupAsync(string conversations)
    {
        for (var i = 0; i < 2; i++)
        {
            var group = $"{conversations}/{await CreateAsync(Resources.Conversations, conversations, [])}";
            var phone = extremes.Phone();
            await SendAsync(HttpMethod.Post, $"{group}/Participants", [($"{Binding}Address", phone)]);
            for (var member = 0; member < 11; member++)
            {
                await SendAsync(
                    HttpMethod.Post,
                    $"{group}/Participants",
                    [
                        ($"{Binding}Address", extremes.Word(256, "messenger:")),
                        ($"{Binding}ProxyAddress", extremes.Word(256, "messenger:")),
                    ]
                );
            }

            await ReadAsync(Resources.Participants, $"{group}/Participants", []);
            await SendAsync(HttpMethod.Post, $"{group}/Messages", [("Author", phone), ("Body", extremes.Text(1601))]);
        }
    }

    /// <summary>The parameters that make the kinds of rows. All others are added where they fit.</summary>
    private IEnumerable<(string Name, string Value)[]> FormsOf(ApiResource resource) =>
        resource == Resources.Participants
            ?
            [
                [("Identity", extremes.Text(256))],
                [($"{Binding}Address", extremes.Phone()), ($"{Binding}ProxyAddress", extremes.Phone())],
                [
                    ($"{Binding}Address", extremes.Word(256, "messenger:")),
                    ($"{Binding}ProxyAddress", extremes.Word(256, "messenger:")),
                ],
                [
                    ($"{Binding}Address", $"{extremes.Word(128)}@{extremes.Word(127)}"),
                    ($"{Binding}Level", "cc"),
                    ($"{Binding}Name", extremes.Text(256)),
                ],
            ]
            : resource
                .Forms(new("extreme", "extreme"))
                .Select(form =>
                    form.Where(field => field.Name is "Target" or "Type" or "Configuration.FlowSid" or "ContentSid")
                        .ToArray()
                );

    /// <returns>A placeholder for the SIDs of the row; empty when it has none.</returns>
    private async Task<string> CreateAsync(ApiResource resource, string path, (string Name, string Value)[] form)
    {
        var operation = operations.First(one => one.Resource == resource && one.IsForm && !one.Path.EndsWith('}'));
        var answer = await SendAsync(HttpMethod.Post, path, Filled(operation, form));
        if (resource.SidPrefix is null)
        {
            answer[0].Ok();
            return "";
        }

        answer[0].Created();

        rows.Add([.. answer.Select(one => one["sid"])]);
        return $"<<{rows.Count - 1}>>";
    }

    // Every other parameter, except SIDs and those of other kinds of rows.
    private List<(string Name, string Value)> Filled(
        ServedOperation operation,
        IReadOnlyList<(string Name, string Value)> form
    ) =>
        [
            .. form,
            .. operation
                .Form.Where(name =>
                    !name.EndsWith("Sid", StringComparison.Ordinal)
                    && (name != "State" || !operation.IsCreate)
                    && (operation.Resource != Resources.Participants || !IsKind(name))
                    && (name != "ContentVariables" || form.Any(field => field.Name == "ContentSid"))
                    && form.All(field => field.Name != name)
                )
                .SelectMany(name =>
                    name == "State"
                        ? [(name, "inactive")] // A closed conversation would end the round.
                        : extremes.Of(name, operation.Schemas[name]).Select(value => (name, value))
                ),
        ];

    private static bool IsKind(string name) => name == "Identity" || name.StartsWith(Binding, StringComparison.Ordinal);

    private async Task ReadAsync(ApiResource resource, string path, List<string> made)
    {
        if (resource.SidPrefix is null)
        {
            await SendAsync(HttpMethod.Get, path);
            return;
        }

        foreach (var row in made.Where(row => row.Length > 0))
        {
            var answer = await SendAsync(HttpMethod.Get, $"{path}/{row}");
            var member =
                resource.NameParameter is null ? null
                : resource.NameParameter == "Identity" ? "identity"
                : "unique_name";
            if (member is not null && answer[0].Body[member]?.GetValue<string>() is { } name)
            {
                await SendAsync(HttpMethod.Get, $"{path}/{Uri.EscapeDataString(name)}");
            }
        }

        await PagesAsync(path, $"{path}?PageSize=2");
        if (resource == Resources.Conversations)
        {
            await PagesAsync(path, $"{path}?PageSize=2&StartDate=0001-01-01&EndDate=9999-12-31t23:59:59.9999999z");
        }
    }

    private async Task PagesAsync(string path, string first)
    {
        foreach (var member in new[] { "next_page_url", "previous_page_url" })
        {
            var page = await SendAsync(HttpMethod.Get, first);
            while (page[0].Body["meta"]?[member] is not null)
            {
                rows.Add([.. page.Select(one => QueryOf(one.Body["meta"]![member]!))]);
                first = $"{path}<<{rows.Count - 1}>>";
                page = await SendAsync(HttpMethod.Get, first);
            }
        }

        static string QueryOf(JsonNode url) => new Uri(url.GetValue<string>()).Query;
    }

    private async Task UpdateAsync(ApiResource resource, string path, List<string> made)
    {
        var operation = operations.FirstOrDefault(one =>
            one.Resource == resource && one.IsForm && one.Path.EndsWith('}')
        );
        foreach (var row in made.Where(row => row.Length > 0 && operation is not null))
        {
            await SendAsync(HttpMethod.Post, $"{path}/{row}", Filled(operation!, []));
        }

        // All parameters, those that exclude each other too. The first row stays: others are below it.
        if (made.Skip(1).LastOrDefault() is { Length: > 0 } last && operation is not null)
        {
            await SendAsync(HttpMethod.Post, $"{path}/{last}", [.. AllOf(operation)]);
        }

        var create = operations.First(one => one.Resource == resource && one.IsForm && !one.Path.EndsWith('}'));
        await SendAsync(HttpMethod.Post, path, [.. AllOf(create)]);
    }

    private IEnumerable<(string Name, string Value)> AllOf(ServedOperation operation) =>
        operation.Form.SelectMany(name => extremes.Of(name, operation.Schemas[name]).Select(value => (name, value)));

    private async Task DeleteAsync(string root, string conversation)
    {
        foreach (var path in new[] { $"Conversations/{conversation}/Participants", "Users", "Conversations", "Roles" })
        {
            var member = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
            var list = await SendAsync(HttpMethod.Get, $"{root}/{path}");
            if (list[0].Body[member] is not JsonArray found)
            {
                continue;
            }

            for (var i = 0; i < found.Count; i += 2)
            {
                rows.Add([.. list.Select(one => one.Body[member]![i]!["sid"]!.GetValue<string>())]);
                await SendAsync(HttpMethod.Delete, $"{root}/{path}/<<{rows.Count - 1}>>");
            }

            await PagesAsync($"{root}/{path}", $"{root}/{path}?PageSize=3");
        }
    }

    private async Task<Answer[]> SendAsync(
        HttpMethod method,
        string path,
        IReadOnlyList<(string Name, string Value)>? form = null
    )
    {
        requests++;
        var both = await Task.WhenAll(sides.Select((side, i) => SendAsync(side, i, method, path, form)));
        var texts = both.Select(one => $"{(int)one.Status} {Masked(one.Text)}").ToArray();
        var kind =
            (int)both[0].Status >= 400 ? $"{(int)both[0].Status}/{both[0].Body["code"]}" : $"{(int)both[0].Status}";
        answers[kind] = answers.GetValueOrDefault(kind) + 1;
        if (both.Any(one => (int)one.Status >= 500) || texts[0] != texts[1])
        {
            var sent = form is null
                ? ""
                : string.Join('\n', form.Select(field => $"{field.Name}={Shown(field.Value)}"));
            Assert.Fail(
                $"FAULTS_SEED={Rounds.Seed}, request {requests}: {method} {Shown(path)}\n{sent}\n"
                    + $"SQLite: {Shown(texts[0])}\nPostgreSQL: {Shown(texts[1])}"
            );
        }

        return both;
    }

    private Task<Answer> SendAsync(
        Twilio side,
        int number,
        HttpMethod method,
        string path,
        IReadOnlyList<(string Name, string Value)>? form
    ) =>
        side.SendAsync(
            method,
            Filled(path, number),
            form is null
                ? null
                : new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)))
        );

    // The path with the SIDs of one side.
    private string Filled(string path, int side) =>
        Placeholder()
            .Replace(path, match => rows[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)][side]);

    // Tokens contain SIDs, and the date of a list by date. Masks do not know the SIDs of channels.
    private static string Masked(string text) =>
        ChannelSid().Replace(Token().Replace(Masks.Mask(text), "TOKEN"), "$1x");

    private static string Shown(string text) => text.Length > 150 ? $"{text[..150]}… ({text.Length})" : text;

    [GeneratedRegex("<<([0-9]+)>>")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\\bPT((CH|DY|IS|MB|RL|US|WH)[0-9a-f]{32,48}){1,4}")]
    private static partial Regex Token();

    [GeneratedRegex("\\b(SM|MM|WA)[0-9a-f]{32}\\b")]
    private static partial Regex ChannelSid();
}
