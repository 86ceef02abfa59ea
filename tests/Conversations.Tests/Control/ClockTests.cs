using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Conversations.Api.Control;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Conversations.Tests.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Conversations.Tests.Control;

/// <summary>The clock of an account. A step of a delivery takes a day in these servers.</summary>
public sealed class ClockTests(ITestOutputHelper output)
{
    private const string Instant = "2030-01-02T03:04:05Z";

    // Longer than the sweep of a worker takes.
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1.6);

    [Theory, OnEachStore]
    public async Task Rows_take_their_dates_from_the_clock_and_sort_by_creation(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await FreezeAsync(client, Instant);
        var future = await NewConversationAsync(client, ("FriendlyName", "future"));
        foreach (
            var (path, form) in new (string, (string, string)[])[]
            {
                ($"/v1/Conversations/{future}/Participants", [("Identity", "alice")]),
                ($"/v1/Conversations/{future}/Messages", [("Body", "text"), ("Author", "alice")]),
                ("/v1/Users", [("Identity", "bob")]),
                ("/v1/Services", [("FriendlyName", "other")]),
                ("/v1/Roles", [("FriendlyName", "r"), ("Type", "service"), ("Permission", "editOwnUserInfo")]),
            }
        )
        {
            Assert.Equal(Instant, (await client.PostAsync(path, form)).Created()["date_created"]);
        }

        Assert.Equal(Instant, (await client.GetAsync("/v1/Users/alice")).Ok()["date_created"]);
        await FreezeAsync(client, "2001-02-03T04:05:06Z");
        var past = await NewConversationAsync(client, ("FriendlyName", "past"));
        Assert.Equal("2001-02-03T04:05:06Z", await FieldAsync(client, past, "date_created"));
        await PostAsync(client, "run", new() { ["reset"] = true });
        var real = await NewConversationAsync(client, ("FriendlyName", "real"));
        var created = (await client.GetAsync($"/v1/Conversations/{real}")).Ok().Date("date_created");
        Assert.Equal(DateTime.UtcNow, created, TimeSpan.FromMinutes(5));

        Assert.Equal(["future", "past", "real"], await client.ConversationsAsync());
    }

    [Theory, OnEachStore]
    public async Task An_advance_fires_timers_in_their_order_with_their_events(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(500);
        await HookAsync(client, receiver, "onConversationStateUpdated");
        await FreezeAsync(client, Instant);
        var both = await NewConversationAsync(client, ("Timers.Inactive", "PT5M"), ("Timers.Closed", "P10D"));
        var inactive = await NewConversationAsync(client, ("Timers.Inactive", "P1D"));
        var untouched = await NewConversationAsync(other, ("Timers.Inactive", "PT5M"));
        (await client.PostAsync($"/v1/Conversations/{both}/Participants", ("Identity", "alice"))).Created();
        Assert.Equal(
            [("2030-01-02T03:09:05Z", both), ("2030-01-03T03:04:05Z", inactive), ("2030-01-12T03:04:05Z", both)],
            DueOf((await client.GetAsync("/control/clock")).Ok().Body).Select(due => (due.At, due.Sid))
        );

        var moved = await PostAsync(client, "advance", new() { ["by"] = "P10D" });

        Assert.Equal(("2030-01-12T03:04:05Z", true), (Plain(moved["now"]), (bool)moved["frozen"]!));
        Assert.Equal("""{"timer":3,"delivery":0,"webhook":0}""", moved["fired"]!.ToJsonString());
        Assert.Equal("closed", await FieldAsync(client, both, "state"));
        Assert.Equal("2030-01-12T03:04:05Z", await FieldAsync(client, both, "date_updated"));
        Assert.Equal("inactive", await FieldAsync(client, inactive, "state"));
        Assert.Equal("2030-01-03T03:04:05Z", await FieldAsync(client, inactive, "date_updated"));
        Assert.Equal("active", await FieldAsync(other, untouched, "state"));
        Assert.Equal(
            ["03:09:05", "03:04:05", "03:04:05"],
            (await EventsAsync(client)).Select(sent => sent["StateUpdated"]![11..19])
        );
        Assert.Equal([both, inactive, both], (await EventsAsync(client)).Select(sent => sent["ConversationSid"]));
        await using var scope = client.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        Invariants.Hold(await Snapshot.OfAsync(db, client.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task An_advance_makes_the_steps_of_deliveries_at_their_dates(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await FreezeAsync(client, Instant);
        var room = await NewConversationAsync(client, ("Timers.Inactive", "PT36H"));
        await client.PostAsync(
            $"/v1/Conversations/{room}/Participants",
            ("MessagingBinding.Address", "+15558675310"),
            ("MessagingBinding.ProxyAddress", "+15017122661")
        );
        var message = (await client.PostAsync($"/v1/Conversations/{room}/Messages", ("Body", "text"))).Created()["sid"];

        var sent = await PostAsync(client, "advance", new() { ["by"] = "P1D" });
        Assert.Equal(1, (int)sent["fired"]!["delivery"]!);
        Assert.Equal([("delivery", "2030-01-04T03:04:05Z"), ("timer", "")], DueOf(sent).Select(Masked).Order());
        Assert.Equal(("sent", "2030-01-03T03:04:05Z"), await ReceiptAsync());

        var delivered = await PostAsync(client, "advance", new() { ["to"] = "2031-01-01T00:00:00Z" });
        Assert.Equal("""{"timer":1,"delivery":1,"webhook":0}""", delivered["fired"]!.ToJsonString());
        Assert.Equal(("delivered", "2030-01-04T03:04:05Z"), await ReceiptAsync());

        async Task<(string, string)> ReceiptAsync()
        {
            var list = await client.GetAsync($"/v1/Conversations/{room}/Messages/{message}/Receipts");
            var receipt = Assert.Single(list.Ok().Body["delivery_receipts"]!.AsArray())!;
            return ((string)receipt["status"]!, (string)receipt["date_updated"]!);
        }

        static (string, string) Masked((string At, string Kind, string Sid) due) =>
            (due.Kind, due.Kind == "timer" ? "" : due.At);
    }

    /// <summary>By real time everything of the year 2001 is due.</summary>
    [Theory, OnEachStore]
    public async Task A_frozen_clock_stops_timers_deliveries_and_pauses_of_webhooks(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(500);
        await HookAsync(client, receiver, "onConversationAdded");
        await FreezeAsync(client, "2001-02-03T04:05:06Z");
        var room = await NewConversationAsync(client, ("Timers.Inactive", "PT1M"));
        await receiver.GotAsync(1);

        await Task.Delay(Sweep);

        Assert.Single(receiver.Requests);
        Assert.Equal("active", await FieldAsync(client, room, "state"));
        var waiting = DueOf((await client.GetAsync("/control/clock")).Ok().Body);
        Assert.Equal(["webhook", "timer"], waiting.Select(due => due.Kind));
        Assert.StartsWith("2001-02-03T04:05:06.1", waiting[0].At, StringComparison.Ordinal);

        receiver.AnswerWith(200);
        var moved = await PostAsync(client, "advance", new() { ["by"] = "PT1S" });
        Assert.Equal(1, (int)moved["fired"]!["webhook"]!);
        await receiver.GotAsync(2);
        (await client.PostAsync("/control/deliveries/settle")).Ok();
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Theory, OnEachStore]
    public async Task A_clock_that_runs_fires_without_a_request(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await using var receiver = await WebhookReceiver.StartAsync();
        await HookAsync(client, receiver, "onConversationStateUpdated");
        await NewConversationAsync(client, ("Timers.Inactive", "P10D"));

        var moved = await PostAsync(client, "advance", new() { ["by"] = "P9DT23H59M59S" });

        Assert.InRange((double)moved["offset_seconds"]!, 863_998, 864_000);
        Assert.False((bool)moved["frozen"]!);
        Assert.Equal("inactive", (await receiver.GotAsync("onConversationStateUpdated"))["StateTo"]);
        var stopped = await PostAsync(client, "freeze", []);
        var going = await PostAsync(client, "run", []);
        Assert.InRange(Now(going) - Now(stopped), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.False((bool)going["frozen"]!);
    }

    [Theory, OnEachStore]
    public async Task Other_servers_of_the_database_follow_and_a_restart_keeps_it(Store store)
    {
        using var folder = new Folder();
        var database =
            store == Store.Postgres
                ? await WebhookServers.NewDatabaseAsync(store)
                : ("ConnectionStrings:Sqlite", Path.Combine(folder.Path, "conversations.db"));
        await using var first = TestServer.With(database);
        await using var second = TestServer.With(database);
        using var client = await ControlClient.NewAsync(first);
        using var there = ControlClient.Of(second, client.AccountSid, client.AuthToken);
        (await there.GetAsync("/v1/Conversations")).Ok();

        await FreezeAsync(client, Instant);

        var started = Stopwatch.GetTimestamp();
        while (await FieldAsync(there, await NewConversationAsync(there), "date_created") != Instant)
        {
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        }

        await using var third = TestServer.With(database);
        using var restarted = ControlClient.Of(third, client.AccountSid, client.AuthToken);
        Assert.Equal(Instant, await FieldAsync(restarted, await NewConversationAsync(restarted), "date_created"));
    }

    [Theory, OnEachStore]
    public async Task A_reset_ends_it_an_import_does_not_and_a_deletion_deletes_it(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        using var other = await ControlClient.NewAsync(client.Server);
        await FreezeAsync(client, Instant);
        await FreezeAsync(other, Instant);
        var document = (await client.GetAsync("/control/export")).Ok().Text;
        Assert.DoesNotContain("control_", document, StringComparison.Ordinal);
        (await client.PostTextAsync("/control/import", document)).Ok();
        Assert.True((bool)(await client.GetAsync("/control/clock")).Ok().Body["frozen"]!);

        (await client.PostAsync("/control/reset")).NoContent();
        (await other.DeleteAsync($"/control/accounts/{other.AccountSid}")).NoContent();

        var clock = (await client.GetAsync("/control/clock")).Ok().Body;
        Assert.Equal((false, 0), ((bool)clock["frozen"]!, (double)clock["offset_seconds"]!));
        var roles = (await client.GetAsync("/v1/Roles")).Ok().Body["roles"]!.AsArray();
        Assert.All(roles, role => Assert.NotEqual(Instant, (string?)role!["date_created"]));
        await using var scope = client.Server.Services.CreateAsyncScope();
        string[] both = [client.AccountSid, other.AccountSid];
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        Assert.False(await db.Set<StoredClock>().AnyAsync(c => both.Contains(c.AccountSid)));
    }

    [Theory]
    [InlineData("advance", """{"by":"10 days"}""", "duration")]
    [InlineData("advance", "{}", "duration")]
    [InlineData("advance", """{"by":"P1D","to":"2040-01-01T00:00:00Z"}""", "duration")]
    [InlineData("advance", """{"to":"2001-01-01T00:00:00Z"}""", "Only freeze")]
    [InlineData("advance", """{"to":"9999-01-01T00:00:00Z"}""", "between")]
    [InlineData("freeze", """{"at":"1969-01-01T00:00:00Z"}""", "between")]
    [InlineData("freeze", """{"at":"soon"}""", "at")]
    public async Task A_wrong_move_is_400_and_says_why(string operation, string body, string reason)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);

        var answer = await client.PostTextAsync($"/control/clock/{operation}", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(reason, (string?)answer.Body["detail"], StringComparison.Ordinal);
        Assert.Equal(0, (double)(await client.GetAsync("/control/clock")).Ok().Body["offset_seconds"]!);
    }

    [Theory, OnEachStore]
    public async Task Thirty_days_of_a_thousand_conversations_take_no_longer_than_requests_may(Store store)
    {
        const int count = 1000;
        using var client = await ControlClient.NewAsync(store);
        JsonArray conversations =
        [
            .. Enumerable
                .Range(0, count)
                .Select(n => new JsonObject { ["inactive_timer"] = $"P1DT{n}S", ["closed_timer"] = $"P20DT{n}S" }),
        ];
        await FreezeAsync(client, Instant);
        (await client.PostJsonAsync("/control/import", new JsonObject { ["conversations"] = conversations })).Ok();
        (await client.PostJsonAsync("/control/checkpoints", new JsonObject { ["name"] = "start" })).Created();

        var without = await TimedAsync();
        await FreezeAsync(client, Instant);
        (await client.PostAsync("/control/checkpoints/start/restore")).Ok();
        await HookAsync(client, "http://localhost:1/", "onConversationStateUpdated");
        var with = await TimedAsync();

        output.WriteLine($"{store}: {without.TotalMilliseconds:0} ms, with events {with.TotalMilliseconds:0} ms");
        Assert.InRange(with, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(2 * count, (await EventsAsync(client)).Count);
        (await client.PostAsync("/control/reset")).NoContent();

        async Task<TimeSpan> TimedAsync()
        {
            var started = Stopwatch.GetTimestamp();
            var moved = await PostAsync(client, "advance", new() { ["by"] = "P30D" });
            var elapsed = Stopwatch.GetElapsedTime(started);
            Assert.Equal(2 * count, (int)moved["fired"]!["timer"]!);
            return elapsed;
        }
    }

    private static Task HookAsync(ControlClient client, WebhookReceiver receiver, string filter) =>
        HookAsync(client, receiver.Url("/post"), filter);

    private static async Task HookAsync(ControlClient client, string url, string filter) =>
        (await client.PostAsync("/v1/Configuration/Webhooks", ("PostWebhookUrl", url), ("Filters", filter))).Ok();

    private static Task<JsonObject> FreezeAsync(ControlClient client, string at) =>
        PostAsync(client, "freeze", new() { ["at"] = at });

    private static async Task<JsonObject> PostAsync(ControlClient client, string operation, JsonObject body) =>
        (await client.PostJsonAsync($"/control/clock/{operation}", body)).Ok().Body.AsObject();

    private static async Task<string> NewConversationAsync(ControlClient client, params (string, string)[] form) =>
        (await client.PostAsync("/v1/Conversations", form)).Created()["sid"];

    private static async Task<string> FieldAsync(ControlClient client, string conversation, string field) =>
        (await client.GetAsync($"/v1/Conversations/{conversation}")).Ok()[field];

    private static string Plain(JsonNode? date) => ((string)date!).Replace("+00:00", "Z", StringComparison.Ordinal);

    private static DateTimeOffset Now(JsonNode clock) =>
        DateTimeOffset.Parse((string)clock["now"]!, CultureInfo.InvariantCulture);

    private static List<(string At, string Kind, string Sid)> DueOf(JsonNode clock) =>
        [.. clock["due"]!.AsArray().Select(due => (Plain(due!["at"]), (string)due!["kind"]!, (string)due["sid"]!))];

    // The events of the outbox, in the order in which they happened.
    private static async Task<List<Dictionary<string, string>>> EventsAsync(ControlClient client)
    {
        await using var scope = client.Server.Services.CreateAsyncScope();
        var bodies = await scope
            .ServiceProvider.GetRequiredService<ConversationsDbContext>()
            .Set<WebhookDelivery>()
            .Where(d => d.AccountSid == client.AccountSid)
            .OrderBy(d => d.Id)
            .Select(d => d.Body)
            .ToListAsync();
        return
        [
            .. bodies.Select(body =>
                JsonNode
                    .Parse(body)!
                    .AsArray()
                    .ToDictionary(pair => (string)pair!["Key"]!, pair => (string)pair!["Value"]!)
            ),
        ];
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("conversations-clocks-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
