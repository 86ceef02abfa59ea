using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conversations.Tests.HelperLibraries;
using Conversations.Tests.SwaggerUi;
using Conversations.Tests.Webhooks;
using Xunit.Abstractions;

namespace Conversations.Tests.Control;

/// <summary>The page at /console in a real browser. The actions are in SwaggerUi/node/console.cjs.</summary>
public sealed class ConsoleTests(ITestOutputHelper output)
{
    private const string Hostile = "<img src=x onerror=window.hit=1><script>window.hit=1</script>\"'&amp;";

    // "10000/60" floods the page with 10,000 requests in 60 seconds. The output of the test has what was measured.
    private const string FloodVariable = "CONVERSATIONS_TEST_FLOOD";

    private static string TwilioPackage => Path.Combine(NodeLibrary.Start("").Environment["NODE_PATH"]!, "twilio");

    [TheoryNeedsChromium]
    [OnEachStore]
    public async Task Every_view_is_accessible_and_fits_in_two_sizes_and_two_schemes(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var views = await FilledAsync(client, "Delivery 4711", "alice", "Your parcel is on its way.");

        // What a view looks like does not depend on the database, only what it shows.
        var (sizes, schemes) = store == Store.Sqlite ? (2, 2) : (1, 1);
        var settings = new
        {
            views,
            sizes,
            schemes,
        };
        var seen = await SeeAsync<Findings>("views", client, settings);

        Assert.Empty(seen.Found);
        Assert.Empty(seen.Errors);
    }

    [NeedsChromium]
    public async Task Texts_that_look_like_markup_are_shown_as_they_are_in_every_view()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        client.Http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Hostile);
        var views = await FilledAsync(client, Hostile, Hostile, Hostile);

        string[] expected =
        [
            "conversations",
            "conversation",
            "closed",
            "request",
            "webhook",
            "people",
            "people-roles",
            "time",
            "setup",
        ];

        var seen = await SeeAsync<Hidden>(
            "hostile",
            client,
            new
            {
                views,
                text = Hostile,
                expected,
            }
        );

        Assert.Empty(seen.Markup);
        Assert.Equal(expected, seen.Shown);
        Assert.Empty(seen.Errors);
    }

    [TheoryNeedsChromium]
    [OnEachStore]
    public async Task A_story_is_played_by_keyboard_alone(Store store)
    {
        using var server = TestServer.With(await WebhookServers.NewDatabaseAsync(store), ("Delivery:StepSeconds", "0"));
        using var client = await ControlClient.NewAsync(server);

        var seen = await SeeAsync<Story>("keyboard", client);

        Assert.Equal(["Your parcel arrives today.", "Thank you!"], seen.Bubbles);
        Assert.Contains("50377", seen.Problem, StringComparison.Ordinal);
        Assert.Contains("A closed conversation takes no writes.", seen.Problem, StringComparison.Ordinal);
    }

    [TheoryNeedsChromium]
    [OnEachStore]
    public async Task A_phone_of_each_channel_writes_by_the_network(Store store)
    {
        using var client = await ControlClient.NewAsync(store);

        var seen = await SeeAsync<Written[]>("phones", client);

        Assert.Equal(["group", "whatsapp", "messenger", "sms"], seen.Select(one => one.Kind));
        foreach (var one in seen)
        {
            Assert.Equal((one.Phone, $"From {one.Kind}"), (one.Author, one.Body));
            var path = $"/v1/Conversations/{one.Conversation}";
            var message = (await client.GetAsync($"{path}/Messages")).Ok().Body["messages"]![0]!;
            Assert.Equal((one.Phone, one.Body), ((string?)message["author"], (string?)message["body"]));
            var sender = (await client.GetAsync($"{path}/Participants/{message["participant_sid"]}")).Ok();
            Assert.Equal(one.Phone, (string?)sender.Body["messaging_binding"]!["address"]);
            Assert.Equal(one.Others, await ReceivedAsync(client, one.Phone, one.Body));
        }

        Assert.Contains(
            "No open conversation has a participant with this address",
            seen[0].Problem,
            StringComparison.Ordinal
        );
    }

    [TheoryNeedsChromium]
    [OnEachStore]
    public async Task Long_lists_are_shown_wholly_page_by_page_and_nothing_moves(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await ManyRows.AddAsync(client, conversations: 130);
        await Task.WhenAll(
            Enumerable.Range(0, 101).Select(number => client.PostAsync("/v1/Users", ("Identity", $"user-{number}")))
        );
        var conversation = (await client.PostAsync("/v1/Conversations")).Created()["sid"];
        (await client.PostAsync($"/v1/Conversations/{conversation}/Participants", ("Identity", "alice"))).Created();
        await ManyRows.FillAsync(client, conversation, messages: 2500, participants: 1000);

        // All pages are read on one of the databases.
        var shown = store == Store.Sqlite ? 2501 : 501;
        var seen = await SeeAsync<Long>("long", client, new { conversation, shown });

        output.WriteLine($"{store}: opened in {seen.Opened} ms, {shown} messages read in {seen.Read} ms");
        Assert.Equal([100, 200, shown], seen.Messages);
        Assert.Equal([100, 1000], seen.Participants);
        Assert.Equal([100, 132], seen.Conversations);
        Assert.Equal([100, 102], seen.Users);
        Assert.Equal([$"text {2501 - shown}", "live one", "live two"], seen.Texts);
        Assert.All(seen.Moved, pixels => Assert.InRange(pixels, -1, 1));
        Assert.InRange(seen.Marked, 1, 1000);
        Assert.InRange(seen.Opened, 0, 15_000);
        Assert.Empty(seen.Errors);
    }

    [NeedsChromium]
    public async Task The_first_view_loads_at_most_60_KB_and_no_other_view()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var seen = await SeeAsync<Visit>("visit", client, new { view = "/console" });

        Assert.InRange(seen.Bytes, 1, 60 << 10);
        Assert.DoesNotContain("/console/requests.js", seen.Files);
        Assert.Empty(seen.Errors);
    }

    [NeedsChromium]
    public async Task A_request_is_offered_as_a_command_and_a_program_that_make_it_again()
    {
        const string Body = "It's \"7\" o'clock & $HOME \\ done";
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        (await client.PostAsync("/v1/Conversations", ("UniqueName", "support"))).Created();
        (await client.PostAsync("/v1/Conversations/support/Messages", ("Author", "bob"), ("Body", Body))).Created();
        (await client.GetAsync("/v1/Conversations/support/Participants?PageSize=3")).Ok();
        var journal = (await client.GetAsync("/control/requests?limit=2")).Ok().Body["requests"]!.AsArray();
        var requests = journal.Select(request => (string)request!["request_id"]!).ToArray();

        var seen = await SeeAsync<string[]>("copies", client, new { twilio = TwilioPackage, requests });

        Assert.Equal(4, seen.Length);
        Assert.All(seen[..2], made => Assert.StartsWith("GET /v1/Conversations/support/Participants?PageSize=3", made));
        Assert.All(seen[2..], made => Assert.StartsWith("POST /v1/Conversations/support/Messages", made));
        var messages = (await client.GetAsync("/v1/Conversations/support/Messages")).Ok().Body["messages"]!.AsArray();
        Assert.Equal([Body, Body, Body], messages.Select(message => (string?)message!["body"]));
    }

    [NeedsChromium]
    public async Task A_link_to_a_conversation_of_another_account_leads_to_it_by_the_form()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        using var second = await ControlClient.NewAsync(client.Server);
        var conversation = (string)(await client.PostAsync("/v1/Conversations")).Created()["sid"]!;
        var other = new { user = second.AccountSid, password = second.AuthToken };

        var seen = await SeeAsync<string[]>("accounts", client, new { conversation, other });

        Assert.Equal(
            [
                "This account has no such conversation",
                "It may be deleted, or belong to another account.",
                conversation,
                "/console",
            ],
            seen
        );
    }

    [NeedsChromium]
    public async Task A_mark_of_a_delivery_shows_to_whom_a_message_was_not_delivered_and_why()
    {
        const string Phone = "+15558675310";
        const string Unreachable = "+15005530003";
        var database = await WebhookServers.NewDatabaseAsync(Store.Sqlite);
        using var server = TestServer.With(database, ("Delivery:StepSeconds", "0"));
        using var client = await ControlClient.NewAsync(server);
        var conversation = (string)(await client.PostAsync("/v1/Conversations")).Created()["sid"]!;
        var path = $"/v1/Conversations/{conversation}/Participants";
        (
            await client.PostAsync(path, ("Identity", "alice"), ("MessagingBinding.ProjectedAddress", "+15017122661"))
        ).Created();
        foreach (var phone in new[] { Phone, Unreachable })
        {
            (await client.PostAsync(path, ("MessagingBinding.Address", phone))).Created();
        }

        var text = new JsonObject
        {
            ["from"] = Phone,
            ["to"] = $"+15017122661,{Unreachable}",
            ["body"] = "Hello",
        };
        (await client.PostJsonAsync("/control/inbound", text)).Created();

        var seen = await SeeAsync<string[]>("receipts", client, new { conversation });

        Assert.Equal(
            [
                "✕ not delivered to 1 other phone",
                $"{Unreachable} · undelivered · 30003 Unreachable destination handset",
                "https://www.twilio.com/docs/errors/30003",
            ],
            seen
        );
    }

    [NeedsChromium]
    public async Task Requests_are_filtered_and_made_to_fail_and_an_idle_page_asks_only_for_news()
    {
        const string Phone = "+15558675310";
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        var conversation = (string)(await client.PostAsync("/v1/Conversations")).Created()["sid"]!;
        var path = $"/v1/Conversations/{conversation}/Participants";
        (
            await client.PostAsync(
                path,
                ("MessagingBinding.Address", Phone),
                ("MessagingBinding.ProxyAddress", "+15017122661")
            )
        ).Created();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/Conversations/none")).Status);
        (await client.PostJsonAsync("/control/clock/advance", new JsonObject { ["by"] = "P10D" })).Ok();

        var seen = await SeeAsync<Filters>("filters", client, new { conversation, phone = Phone });

        Assert.Equal("Filter: 409, alice, CreateUser", seen.Hint);
        Assert.Equal(["404", "201", "201"], seen.All);
        Assert.Equal(["404"], seen.Failed);
        Assert.All(seen.Ages, age => Assert.DoesNotContain("d", age, StringComparison.Ordinal));
        Assert.Equal(["CreateConversationParticipant", Phone, "20503", "1"], seen.Fields.Values);
        Assert.Equal([201, 503], seen.Added);
        Assert.All(seen.Asked, asked => Assert.Equal("/control/requests", asked));
        Assert.InRange(seen.Asked.Count, 0, 1);
    }

    [NeedsChromium]
    public async Task A_form_keeps_what_was_typed_and_a_list_stays_while_the_server_is_away()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        (await client.PostAsync("/v1/Users", ("Identity", "alice"))).Created();
        (await client.PostAsync("/v1/Conversations", ("FriendlyName", "Support"))).Created();

        var seen = await SeeAsync<string[]>("lost", client);

        Assert.Equal(["User alice", "PT5X", "in sight", "No connection", "Support"], seen);
    }

    [NeedsChromium]
    public async Task A_request_of_Twilios_library_is_on_the_page_within_300_ms()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var delays = await SeeAsync<int[]>("delay", client, new { twilio = TwilioPackage });

        Assert.InRange(delays.Order().ElementAt(delays.Length / 2), 0, 300);
    }

    [NeedsChromium]
    public async Task Many_requests_leave_the_page_usable_and_its_memory_flat()
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var asked = Environment.GetEnvironmentVariable(FloodVariable) ?? "1000/0";
        var numbers = asked.Split('/').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();

        var seen = await SeeAsync<Flood>("flood", client, new { requests = numbers[0], seconds = numbers[1] });

        var rate = numbers[0] * 1000L / seen.Took;
        output.WriteLine($"{numbers[0]} requests in {seen.Took} ms are {rate} a second.");
        output.WriteLine($"{seen.Clicks} clicks: {seen.Reaction} ms (median), {seen.Slowest} ms at most.");
        output.WriteLine(
            $"Bytes of the heap: {seen.Before} before, {seen.Before + seen.Grown} after, {seen.Rows} rows."
        );
        Assert.InRange(seen.Rows, 1, 150);
        Assert.Equal(1000, seen.All);
        Assert.InRange(seen.Reaction, 0, 2000);
        Assert.InRange(seen.Grown, int.MinValue, 4 << 20);
    }

    [Fact]
    public async Task The_page_leads_from_the_start_in_Development_and_is_nowhere_else()
    {
        using var production = TestServer.With(
            ("environment", "Production"),
            ("Accounts:0:Sid", "AC0123456789abcdef0123456789abcdef"),
            ("Accounts:0:AuthToken", "another-token-of-32-letters-0000")
        );
        foreach (
            var (server, start, status) in new[]
            {
                (await TestServer.OnAsync(Store.Sqlite), "/console", 200),
                (production, "/swagger", 404),
            }
        )
        {
            using HttpClientHandler handler = new() { AllowAutoRedirect = false };
            using HttpClient visitor = new(handler) { BaseAddress = server.Address };

            Assert.Equal(start, (await visitor.GetAsync("/")).Headers.Location?.ToString());
            foreach (var path in new[] { "/console", "/console/conversations/CH1", "/console/app.js" })
            {
                using var page = await visitor.GetAsync(path);
                Assert.Equal(status, (int)page.StatusCode);
                var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
                Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
                Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            }

            Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/console/nothing.js")).StatusCode);
        }
    }

    // How many phones besides the sender have the text.
    private static async Task<int> ReceivedAsync(ControlClient client, string? sender, string body)
    {
        var phones = (await client.GetAsync("/control/phones")).Ok().Body["phones"]!.AsArray();
        var count = 0;
        foreach (var phone in phones.Select(phone => (string)phone!["address"]!).Where(phone => phone != sender))
        {
            var got = await client.GetAsync($"/control/phones/{Uri.EscapeDataString(phone)}");
            count += got.Ok().Body["messages"]!.AsArray().Count(message => (string?)message!["body"] == body);
        }

        return count;
    }

    private static async Task<Dictionary<string, string>> FilledAsync(
        ControlClient client,
        string name,
        string identity,
        string body
    )
    {
        var inbox = $"{client.Server.Address}console/inbox/here";
        (
            await client.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PostWebhookUrl", inbox),
                ("Filters", "onMessageAdded")
            )
        ).Ok();
        var conversation = (
            await client.PostAsync("/v1/Conversations", ("FriendlyName", name), ("Timers.Closed", "P10D"))
        ).Created()["sid"];
        var path = $"/v1/Conversations/{conversation}";
        var attributes = new JsonObject { ["text"] = body }.ToJsonString();
        (await client.PostAsync(path, ("Attributes", attributes))).Ok();
        (await client.PostAsync($"{path}/Participants", ("Identity", identity), ("Attributes", attributes))).Created();
        (
            await client.PostAsync(
                $"{path}/Participants",
                ("MessagingBinding.Address", "+15558675310"),
                ("MessagingBinding.ProxyAddress", "+15017122661")
            )
        ).Created();
        (
            await client.PostAsync($"{path}/Messages", ("Author", identity), ("Body", body), ("Attributes", attributes))
        ).Created();
        (
            await client.PostAsync(
                "/v1/Roles",
                ("FriendlyName", name),
                ("Type", "service"),
                ("Permission", "editOwnUserInfo")
            )
        ).Created();
        (await client.PostAsync("/v1/Configuration", ("DefaultClosedTimer", "P10D"))).Ok();
        (await client.PostJsonAsync("/control/checkpoints", new JsonObject { ["name"] = "prepared" })).Created();
        var closed = (await client.PostAsync("/v1/Conversations", ("FriendlyName", name))).Created()["sid"];
        (await client.PostAsync($"/v1/Conversations/{closed}", ("State", "closed"))).Ok();
        var fault = new JsonObject
        {
            ["identity"] = identity,
            ["code"] = 20429,
            ["nth"] = 1000,
        };
        (await client.PostJsonAsync("/control/faults", fault)).Created();
        var delivery = (await client.GetAsync("/control/deliveries?wait=30s")).Ok().Body["deliveries"]![0]!["id"];
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await client.PostAsync($"{path}/Participants", ("Identity", identity))).Status
        );
        var request = (await client.GetAsync("/control/requests?error=50433")).Ok().Body["requests"]![0]!["request_id"];
        return new()
        {
            ["conversations"] = "/console",
            ["conversation"] = $"/console/{conversation}",
            ["closed"] = $"/console/{closed}",
            ["requests"] = "/console/requests",
            ["request"] = $"/console/{request}",
            ["webhooks"] = "/console/webhooks",
            ["webhook"] = $"/console/webhooks/{delivery}",
            ["people"] = "/console/people",
            ["people-roles"] = "/console/people/roles",
            ["people-services"] = "/console/people/services",
            ["people-settings"] = "/console/people/settings",
            ["time"] = "/console/time",
            ["setup"] = "/console/setup",
        };
    }

    private static Task<T> SeeAsync<T>(string scenario, ControlClient client, object? settings = null)
    {
        var input = JsonSerializer.SerializeToNode(settings ?? new { })!.AsObject();
        (input["user"], input["password"]) = (client.AccountSid, client.AuthToken);
        return Chromium.SeeAsync<T>(scenario, client.Server.Address, input);
    }

    private sealed record Findings(IReadOnlyList<string> Found, IReadOnlyList<string> Errors);

    private sealed record Hidden(
        IReadOnlyList<string> Markup,
        IReadOnlyList<string> Shown,
        IReadOnlyList<string> Errors
    );

    private sealed record Story(IReadOnlyList<string> Bubbles, string Problem);

    private sealed record Visit(int Bytes, IReadOnlyList<string> Files, IReadOnlyList<string> Errors);

    private sealed record Flood(
        int Rows,
        int All,
        long Before,
        long Grown,
        int Clicks,
        int Reaction,
        int Slowest,
        int Took
    );

    private sealed record Filters(
        string Hint,
        string[] All,
        string[] Failed,
        Dictionary<string, string> Fields,
        int[] Added,
        IReadOnlyList<string> Asked,
        IReadOnlyList<string> Ages
    );

    private sealed record Written(
        string Kind,
        string Conversation,
        string Phone,
        string Author,
        string Body,
        int Others,
        string Problem
    );

    private sealed record Long(
        int Opened,
        int Read,
        int[] Messages,
        int[] Participants,
        int[] Conversations,
        int[] Users,
        string[] Texts,
        double[] Moved,
        double Marked,
        string[] Errors
    );
}
