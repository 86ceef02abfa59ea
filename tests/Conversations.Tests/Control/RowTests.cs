using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conversations.Api.Data;
using Conversations.Tests.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Control;

/// <summary>Reset, export, import, checkpoints.</summary>
public sealed partial class RowTests
{
    private const string OneMessage =
        "{\"conversations\": [{\"unique_name\": \"a\"}], \"messages\": [\n{\"conversation_sid\": \"a\", \"media\": ";

    [Theory, OnEachStore]
    public async Task A_reset_account_is_as_a_new_one_and_keeps_its_credentials(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        await SampleAsync(other);
        using var client = await ControlClient.NewAsync(other.Server);
        var asNew = await ExportAsync(client);
        await SampleAsync(client);
        var kept = await ExportAsync(other);

        (await client.PostAsync("/control/reset")).NoContent();

        Assert.Equal(Mask(asNew), Mask(await ExportAsync(client)));
        Assert.Equal(kept, await ExportAsync(other));
        await HoldAsync(client);
        await SampleAsync(client);
    }

    [Theory, OnEachStore]
    public async Task Export_import_export_is_identical(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        await SampleAsync(client);
        await client.PostAsync("/control/deliveries/settle");
        var document = await ExportAsync(client);
        var shown = await ShownAsync(client);
        (await client.PostAsync("/control/reset")).NoContent();

        var imported = (await client.PostTextAsync("/control/import", document)).Ok();

        Assert.Equal(document, await ExportAsync(client));
        Assert.Equal(shown, await ShownAsync(client));
        Assert.InRange((int)imported.Body["rows"]!, 20, 200);
        Assert.DoesNotContain(client.AuthToken, document, StringComparison.Ordinal);
        await HoldAsync(client);
    }

    [Theory, OnEachStore]
    public async Task An_export_of_another_account_gets_new_SIDs_in_the_same_order(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        await SampleAsync(other);
        var document = await ExportAsync(other);
        using var client = await ControlClient.NewAsync(other.Server);

        (await client.PostTextAsync("/control/import", document)).Ok();
        var taken = await client.PostTextAsync("/control/import?sids=keep", document);

        var copied = await ExportAsync(client);
        Assert.Equal(HttpStatusCode.Conflict, taken.Status);
        Assert.Equal(document, await ExportAsync(other));
        Assert.Equal(Mask(document), Mask(copied));
        Assert.DoesNotContain(other.AccountSid[2..], copied, StringComparison.Ordinal);
        await HoldAsync(client);
        await HoldAsync(other);
    }

    [Theory, OnEachStore]
    public async Task An_account_has_twenty_checkpoints_at_most_also_of_concurrent_requests(Store store)
    {
        using var client = await ControlClient.NewAsync(store);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 25)
                .Select(n => client.PostJsonAsync("/control/checkpoints", new JsonObject { ["name"] = $"c{n}" }))
        );

        Assert.Equal(20, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Equal(20, (await client.GetAsync("/control/checkpoints")).Ok().Body["checkpoints"]!.AsArray().Count);
    }

    [Theory, OnEachStore]
    public async Task Restore_brings_an_account_back_to_its_checkpoint(Store store)
    {
        using var other = await ControlClient.NewAsync(store);
        using var client = await ControlClient.NewAsync(other.Server);
        await SampleAsync(client);
        await client.PostAsync("/control/deliveries/settle");
        var document = await ExportAsync(client);
        var name = (
            await client.PostJsonAsync("/control/checkpoints", new JsonObject { ["name"] = "prepared" })
        ).Created()["name"];
        (await client.PostAsync("/control/reset")).NoContent();
        await client.PostAsync("/v1/Conversations", ("FriendlyName", "later"));

        (await client.PostAsync($"/control/checkpoints/{name}/restore")).Ok();
        var again = (await client.PostTextAsync("/control/checkpoints", "{}")).Created()["name"];
        var names = (await client.GetAsync("/control/checkpoints")).Ok().Body["checkpoints"]!.AsArray();

        Assert.Equal(document, await ExportAsync(client));
        Assert.Equal([name, again], names.Select(checkpoint => (string?)checkpoint!["name"]));
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/control/checkpoints/{name}/restore")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"/control/checkpoints/{name}")).Status);
        (await client.DeleteAsync($"/control/checkpoints/{name}")).NoContent();
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync($"/control/checkpoints/{name}/restore")).Status);
        (await client.DeleteAsync($"/control/accounts/{client.AccountSid}")).NoContent();
        Assert.Empty(await Rows.WithAsync(client.Server, client.AccountSid));
    }

    [Theory, OnEachStore]
    public async Task A_hand_written_document_needs_only_what_a_test_is_about(Store store)
    {
        using var client = await ControlClient.NewAsync(store);

        (
            await client.PostTextAsync(
                "/control/import",
                """
                {
                  // Comments are allowed.
                  "conversations": [
                    { "unique_name": "support", "friendly_name": "Support", "closed_timer": "P10D" },
                    { "unique_name": "old", "state": "closed" },
                  ],
                  "participants": [
                    { "conversation_sid": "support", "identity": "alice", "last_read_message_index": 0 },
                    { "conversation_sid": "support", "address": "+15558675310", "proxy_address": "+15017122661" },
                    { "conversation_sid": "old", "identity": "alice" },
                  ],
                  "messages": [
                    { "conversation_sid": "support", "author": "alice", "body": "Hello" },
                    {
                      "conversation_sid": "support", "author": "+15558675310", "body": "Hi",
                      "media": [{ "filename": "car.jpg" }],
                    },
                  ],
                }
                """
            )
        ).Ok();

        await HoldAsync(client);
        var messages = (await client.GetAsync("/v1/Conversations/support/Messages")).Ok().Body["messages"]!.AsArray();
        Assert.Equal(["Hello", "Hi"], messages.Select(message => (string?)message!["body"]));
        Assert.NotNull((string?)messages[1]!["participant_sid"]);
        var media = Assert.Single(messages[1]!["media"]!.AsArray())!;
        Assert.Matches("^ME[0-9a-f]{32}$", (string?)media["sid"]);
        Assert.Equal(
            ("car.jpg", "application/octet-stream"),
            ((string?)media["filename"], (string?)media["content_type"])
        );
        Assert.NotNull(
            (string?)(await client.GetAsync("/v1/Conversations/support")).Ok().Body["timers"]!["date_closed"]
        );
        var added = await client.PostAsync("/v1/Conversations/support/Messages", ("Author", "bob"), ("Body", "third"));
        Assert.Equal(2, (int)added.Created().Body["index"]!);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await client.PostAsync("/v1/Conversations/support/Participants", ("Identity", "alice"))).Status
        );
        var mine = (await client.GetAsync("/v1/Users/alice/Conversations")).Ok().Body["conversations"]!.AsArray();
        Assert.Equal(2, mine.Count);
        var document = await ExportAsync(client);
        (await client.PostTextAsync("/control/import", document)).Ok();
        Assert.Equal(document, await ExportAsync(client));
    }

    [Theory]
    [InlineData("[]", 1, "object")]
    [InlineData("{\n\"conversations\": [\n{]}", 3, "")]
    [InlineData("{\n\n\"rooms\": []}", 3, "rooms is not a table")]
    [InlineData("{\"conversations\": [\n{\"colour\": 1}]}", 2, "conversations has no column colour")]
    [InlineData("{\"conversations\": [\n{\n\"next_message_index\": \"x\"}]}", 3, "next_message_index")]
    [InlineData("{\"roles\": [\n{\"replaced_by\": \"x\"}]}", 2, "roles has no column replaced_by")]
    [InlineData("{\"conversations\": [\n{\"state\": null}]}", 2, "state can't be null")]
    [InlineData("{\"conversations\": [\n{\"friendly_name\": \"\\u0000\"}]}", 2, "NUL")]
    [InlineData("{\"conversations\": [\n{\"friendly_name\": \"\\ud800\"}]}", 2, "")]
    [InlineData("{\"conversations\": [{\"unique_name\": \"a\"},\n{\"unique_name\": \"a\"}]}", 2, "unique_name")]
    [InlineData("{\"participants\": [\n{\"identity\": \"alice\"}]}", 2, "participants needs conversation_sid")]
    [InlineData("{\"messages\": [\n{\"conversation_sid\": \"nobody\"}]}", 2, "")]
    [InlineData("{\"conversations\": [\n{\"chat_service_sid\": \"IS1\"}]}", 2, "chat_service_sid")]
    [InlineData("{\"conversations\": [\n{\"account_sid\": \"AC1\"}]}", 2, "account_sid")]
    [InlineData("{\"conversations\": [\n{\"sid\": \"CH1\"}]}", 2, "sid must be CH and 32 hexadecimal digits")]
    [InlineData("{\"conversations\": [\n{\"state\": \"open\"}]}", 2, "active, inactive or closed")]
    [InlineData("{\"conversations\": [\n{\"attributes\": \"{\"}]}", 2, "attributes must be a JSON text")]
    [InlineData("{\"conversations\": [\n{\"closed_timer\": \"soon\"}]}", 2, "closed_timer must be a duration")]
    [InlineData("{\"conversations\": [\n{\"next_message_index\": -1}]}", 2, "next_message_index must be a number")]
    [InlineData(
        "{\"conversations\": [{\"unique_name\": \"a\"}],\n\"conversation_webhooks\": "
            + "[\n{\"conversation_sid\": \"a\", \"triggers\": \"1\"}]}",
        3,
        "triggers must be a JSON array"
    )]
    [InlineData("{\"webhook_settings\": [\n{\"method\": \"PUT\"}]}", 2, "method must be GET or POST")]
    [InlineData(
        "{\"conversations\": [{\"unique_name\": \"a\", \"next_message_index\": 0}],\n\"messages\": "
            + "[\n{\"conversation_sid\": \"a\"}]}",
        3,
        "index must be less"
    )]
    [InlineData(
        "{\"webhook_settings\": [\n{\"owner_sid\": \"AC0123456789abcdef0123456789abcdef\"}]}",
        2,
        "owner_sid names neither"
    )]
    [InlineData(
        "{\"chat_services\": [\n{\"default_conversation_role_sid\": \"RL0123456789abcdef0123456789abcdef\"}]}",
        2,
        "which the service does not have"
    )]
    [InlineData(
        "{\"conversations\": [{\"unique_name\": \"support\"}],\n\"participants\": "
            + "[{\"conversation_sid\": \"suport\", \"identity\": \"alice\"}]}",
        2,
        "no conversation has the SID or unique name \"suport\"."
    )]
    [InlineData("", 1, "")]
    [InlineData("{\"conversations\": {}}", 1, "array")]
    [InlineData(OneMessage + "[]}]}", 2, "media must be null or have a file")]
    [InlineData(OneMessage + "[null]}]}", 2, "media needs files with a content_type")]
    [InlineData(OneMessage + "[{\"content_type\": null}]}]}", 2, "media needs files with a content_type")]
    [InlineData(OneMessage + "[{\"sid\": \"IM1\"}]}]}", 2, "media needs files whose sid is ME")]
    [InlineData(OneMessage + "[{\"size\": -1}]}]}", 2, "media needs files with a size")]
    [InlineData(OneMessage + "[{\"filename\": \"\\u0000\"}]}]}", 2, "NUL")]
    [InlineData(OneMessage + "[{\"name\": \"a\"}]}]}", 2, "media[0].name is unknown")]
    [InlineData(OneMessage + "\"car.jpg\"}]}", 2, "media must be an array")]
    public async Task An_error_of_a_document_names_the_line_and_changes_nothing(string document, int line, string text)
    {
        using var client = await ControlClient.NewAsync(Store.Sqlite);
        (await client.PostAsync("/v1/Conversations", ("FriendlyName", "before"))).Created();

        var answer = await client.PostTextAsync("/control/import", document);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith($"Line {line}: ", answer["detail"], StringComparison.Ordinal);
        Assert.Contains(text, answer["detail"], StringComparison.Ordinal);
        Assert.Equal(["before"], await client.ConversationsAsync());
    }

    [Theory, OnEachStore]
    public async Task A_reset_of_ten_thousand_rows_takes_the_writes_of_an_empty_account(Store store)
    {
        using var client = await ControlClient.NewAsync(store);
        var ofEmpty = await Command.OfAsync(() => client.PostAsync("/control/reset"));
        JsonArray conversations =
        [
            .. Enumerable.Range(0, 1000).Select(i => new JsonObject { ["unique_name"] = $"c{i}" }),
        ];
        JsonArray messages =
        [
            .. Enumerable.Range(0, 9000).Select(i => new JsonObject { ["conversation_sid"] = $"c{i % 1000}" }),
        ];
        var imported = await client.PostJsonAsync(
            "/control/import",
            new JsonObject { ["conversations"] = conversations, ["messages"] = messages }
        );
        Assert.InRange((int)imported.Ok().Body["rows"]!, 10_000, 10_100);

        var commands = await Command.OfAsync(async () => (await client.PostAsync("/control/reset")).NoContent());

        Assert.Equal(WritesOf(ofEmpty), WritesOf(commands));
        Assert.InRange(WritesOf(commands).Count, 10, 30);
        Assert.Empty(await client.ConversationsAsync());

        // The server may also look the account up.
        static IReadOnlyList<string> WritesOf(IReadOnlyList<Command> all) =>
            [
                .. all.Select(command => command.Text)
                    .Where(text => !text.StartsWith("SELECT", StringComparison.Ordinal)),
            ];
    }

    [Theory, OnEachStore]
    public async Task Resets_under_load_are_atomic_and_never_in_a_deadlock(Store store)
    {
        var database = await WebhookServers.NewDatabaseAsync(store);
        using var server = TestServer.With(database, ("Delivery:StepSeconds", "0"));
        using var client = await ControlClient.NewAsync(server);
        using CancellationTokenSource stop = new();
        var writers = Enumerable.Range(0, 8).Select(_ => WriteAsync(client, stop.Token)).ToList();
        for (var round = 0; round < 10; round++)
        {
            (await client.PostAsync("/control/reset")).NoContent();
            await HoldAsync(client);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        (await client.PostAsync("/control/reset")).NoContent();

        await HoldAsync(client);
        Assert.Empty(await client.ConversationsAsync());
        if (store == Store.Postgres)
        {
            // A deadlock would end after a second, by another attempt.
            Assert.Equal(0, await DeadlocksAsync(database.Value));
        }
    }

    // A connection reports its numbers when it is idle, but only once a second, so the last ones may be missing. A
    // wrong order of the locks makes dozens.
    private static async Task<long> DeadlocksAsync(string database)
    {
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        await using NpgsqlConnection connection = new(database);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task WriteAsync(ControlClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var made = await client.PostAsync("/v1/Conversations");
            Assert.True((int)made.Status < 500, made.Text);
            if (made.Status == HttpStatusCode.Created)
            {
                var path = $"/v1/Conversations/{made["sid"]}";
                foreach (
                    var answer in new[]
                    {
                        await client.PostAsync($"{path}/Participants", ("Identity", "alice")),
                        await client.PostAsync(
                            $"{path}/Participants",
                            ("MessagingBinding.Address", $"+1555{Random.Shared.Next(1_000_000):0000000}"),
                            ("MessagingBinding.ProxyAddress", "+15017122661")
                        ),
                        await client.PostAsync($"{path}/Messages", ("Author", "alice"), ("Body", "Hello")),
                    }
                )
                {
                    Assert.True((int)answer.Status < 500, answer.Text);
                }
            }
        }
    }

    // Dates of a document have fractions of seconds.
    private static string Mask(string text) => Media().Replace(Date().Replace(Masks.Mask(text), "DATE"), "MEx");

    [GeneratedRegex("ME[0-9a-f]{32}")]
    private static partial Regex Media();

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}T[\d:.]+Z")]
    private static partial Regex Date();

    // A message with media is in the conversation of the pair.
    private static async Task SampleAsync(ControlClient client)
    {
        const string proxy = "+15017122661";
        var phone = (await AccountTests.SampleAsync(client)).Sample.OtherPhone;
        await InboundTests.NewAsync(
            client,
            NewParticipant.Sms(phone, proxy),
            NewParticipant.Sms($"+1558{phone[5..]}", proxy)
        );
        Assert.Equal("delivered", (await InboundTests.SendMediaAsync(client, phone, proxy)).Created()["result"]);
    }

    private static async Task<string> ExportAsync(ControlClient client) =>
        (await client.GetAsync("/control/export")).Ok().Text;

    // What /v1 shows of the account.
    private static async Task<string> ShownAsync(ControlClient client)
    {
        List<string> shown = [];
        foreach (var path in new[] { "Conversations", "Users", "Roles", "Services", "Configuration/Webhooks" })
        {
            shown.Add((await client.GetAsync($"/v1/{path}")).Ok().Text);
        }

        return string.Join('\n', shown);
    }

    private static async Task HoldAsync(ControlClient client)
    {
        await using var scope = client.Server.Services.CreateAsyncScope();
        Invariants.Hold(
            await Snapshot.OfAsync(
                scope.ServiceProvider.GetRequiredService<ConversationsDbContext>(),
                client.AccountSid
            )
        );
    }
}
