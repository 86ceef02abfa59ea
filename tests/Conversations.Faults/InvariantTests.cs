using Microsoft.Data.Sqlite;

namespace Conversations.Faults;

/// <summary>
/// Each rule of <see cref="Invariants"/> detects its violation. Without that, the rules would prove nothing about a
/// killed database.
/// </summary>
public sealed class InvariantTests
{
    // A rule, the SQL that breaks it in the database of NewDatabaseAsync, and the other rules that this SQL also
    // breaks.
    private static readonly (string Rule, string Sql, string[] Others)[] Breaks =
    [
        (
            "A conversation counts its participants",
            "UPDATE conversations SET participant_count = participant_count + 1 WHERE unique_name = 'open'",
            []
        ),
        (
            "A conversation counts its participants without identity",
            "UPDATE conversations SET non_chat_count = 0 WHERE unique_name = 'open'",
            []
        ),
        (
            "A conversation counts the members of its group text",
            "UPDATE conversations SET group_count = 2 WHERE unique_name = 'group'",
            []
        ),
        (
            "A conversation is within its limits",
            "UPDATE conversations SET participant_count = 54, non_chat_count = 51 WHERE unique_name = 'open'; "
                + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) "
                + $"INSERT INTO participants ({Columns}, sid, identity, user_sid, active_binding) "
                + $"SELECT {Columns}, sid || i, NULL, NULL, NULL FROM participants, n WHERE address = "
                + "'+15558675310'",
            ["A pair of addresses routes"]
        ),
        (
            "A group's key is the set of its addresses, and only an open group of three has one",
            "UPDATE conversations SET group_key = 'x' WHERE unique_name = 'open'",
            []
        ),
        (
            "No two open groups have the same key",
            "UPDATE conversations SET group_key = (SELECT group_key FROM conversations WHERE unique_name = "
                + "'group') WHERE unique_name = 'open'",
            ["A group's key is the set"]
        ),
        (
            "No two conversations of a service have the same unique name",
            "UPDATE conversations SET unique_name = 'open' WHERE unique_name = 'mixed'",
            []
        ),
        (
            "A conversation is in a state that Twilio knows",
            "UPDATE conversations SET state = 'ajar' WHERE unique_name = 'open'",
            []
        ),
        (
            "A conversation has a setup while it is initializing",
            "UPDATE conversations SET state = 'initializing' WHERE unique_name = 'empty'",
            []
        ),
        (
            "A setup belongs to a conversation of its account",
            "INSERT INTO conversation_setups (conversation_sid, account_sid, state, participant_count, fires_webhooks, "
                + "attempts, next_attempt) VALUES ('CH0', 'AC0', 'active', 0, 0, 0, '1970-01-01 00:00:00')",
            []
        ),
        (
            "A setup gives its conversation an open state, and counts its participants",
            "UPDATE conversations SET state = 'initializing' WHERE unique_name = 'empty'; "
                + "INSERT INTO conversation_setups (conversation_sid, account_sid, state, participant_count, "
                + "fires_webhooks, attempts, next_attempt) SELECT sid, account_sid, 'closed', 0, 0, 0, "
                + "'1970-01-01 00:00:00' FROM conversations WHERE unique_name = 'empty'",
            []
        ),
        (
            "A participant is pending while its conversation is initializing",
            "UPDATE participants SET pending = 1 WHERE identity = 'bob'",
            []
        ),
        (
            "A closed conversation has no date of a timer",
            "UPDATE conversations SET date_closed = '2030-01-01 00:00:00' WHERE unique_name = 'closed'",
            []
        ),
        (
            "A timer that is set has a date while its conversation is open",
            "UPDATE conversations SET closed_timer = 'PT10M' WHERE unique_name = 'empty'",
            []
        ),
        (
            "A conversation belongs to a service of its account",
            "UPDATE conversations SET chat_service_sid = 'IS0' WHERE unique_name = 'empty'",
            []
        ),
        (
            "A pair of addresses routes while its conversation is open",
            "UPDATE participants SET active_binding = NULL WHERE active_binding IS NOT NULL",
            []
        ),
        (
            "A closed conversation holds no pair",
            "UPDATE participants SET active_binding = 'x y' WHERE address = '+15558675319'",
            []
        ),
        (
            "A participant knows whether its conversation is closed",
            "UPDATE participants SET conversation_closed = NOT conversation_closed",
            []
        ),
        (
            "A pair of addresses belongs to one participant",
            "UPDATE participants SET active_binding = '+15558675310 +15017122661' WHERE address = '+15558675319'",
            ["A closed conversation holds no pair"]
        ),
        (
            "An identity is in a conversation once",
            "UPDATE participants SET identity = 'alice', user_sid = (SELECT sid FROM users WHERE identity = "
                + "'alice') WHERE identity = 'bob'",
            ["A user counts"]
        ),
        (
            "A participant is in a conversation of its account and service",
            "DELETE FROM conversations WHERE unique_name = 'closed'",
            []
        ),
        (
            "A participant has a conversation role of its service",
            "UPDATE participants SET role_sid = 'RL0' WHERE identity = 'alice'",
            []
        ),
        ("A participant has the identity of its user", "UPDATE users SET identity = 'eve' WHERE identity = 'bob'", []),
        (
            "A participant has a notification level, and only a user has muted a conversation",
            "UPDATE participants SET notification_level = 'muted' WHERE address = '+15558675310'",
            []
        ),
        (
            "A read horizon is an index with a date",
            "UPDATE participants SET last_read_message_index = 1 WHERE identity = 'bob'",
            []
        ),
        (
            "A message is in a conversation of its account and service",
            "UPDATE messages SET chat_service_sid = 'IS0' WHERE media_sid IS NULL",
            ["A receipt is of a message"]
        ),
        (
            "The participant of a message is one of its conversation, with the author's address if it has one",
            "UPDATE messages SET participant_sid = (SELECT p.sid FROM participants AS p JOIN conversations AS c "
                + "ON c.sid = p.conversation_sid WHERE c.unique_name = 'mixed') WHERE author = 'alice'",
            []
        ),
        ("No two messages of a conversation have the same index", "UPDATE messages SET \"index\" = 0", []),
        (
            "A conversation's next message index is greater than all of its messages have",
            "UPDATE conversations SET next_message_index = 1 WHERE unique_name = 'open'",
            []
        ),
        (
            "A media object belongs to one message of a service",
            "UPDATE messages SET media_sid = 'ME0', body = NULL",
            []
        ),
        (
            "A message has a text, media or a content template",
            "UPDATE messages SET body = 'x', media_sid = 'ME0' WHERE \"index\" = 1",
            []
        ),
        (
            "A message counts the statuses of its receipts",
            "UPDATE messages SET sent_count = 1 WHERE author = 'alice'",
            []
        ),
        (
            "A receipt is of a message of its account, service and conversation",
            "UPDATE receipts SET account_sid = 'AC0'",
            []
        ),
        (
            "A receipt is for a participant of its conversation that has an address",
            "UPDATE receipts SET participant_sid = (SELECT sid FROM participants WHERE identity = 'bob')",
            []
        ),
        (
            "A message has one receipt for a participant",
            "UPDATE receipts SET message_sid = (SELECT min(message_sid) FROM receipts)",
            ["A message counts the statuses of its receipts"]
        ),
        (
            "A receipt has a status on the way to its outcome, and a failure has an error code",
            "UPDATE receipts SET error_code = 30003",
            []
        ),
        ("A receipt has a next step until it has its outcome", "UPDATE receipts SET next_step = NULL", []),
        (
            "An identity belongs to one user of a service",
            "INSERT INTO users SELECT 'US0', identity, friendly_name, attributes, role_sid, 0, account_sid, "
                + "date_created, date_updated, chat_service_sid FROM users WHERE identity = 'alice'",
            []
        ),
        (
            "A user counts its open conversations",
            "UPDATE users SET conversation_count = conversation_count + 1 WHERE identity = 'alice'",
            []
        ),
        (
            "A user is within its limit",
            "UPDATE users SET conversation_count = 1001 WHERE identity = 'alice'",
            ["A user counts"]
        ),
        (
            "A user has a service role of its service",
            "UPDATE users SET role_sid = (SELECT role_sid FROM participants LIMIT 1) WHERE identity = 'alice'",
            []
        ),
        (
            "A role belongs to a service of its account",
            "INSERT INTO roles SELECT 'RL0', friendly_name, type, permissions, replaced_by, account_sid, "
                + "date_created, date_updated, 'IS0' FROM roles LIMIT 1",
            []
        ),
        (
            "A service has its default roles",
            "UPDATE chat_services SET default_conversation_role_sid = default_chat_service_role_sid",
            []
        ),
        ("An account has its default service", "UPDATE accounts SET default_chat_service_sid = 'IS0'", []),
        ("A webhook belongs to a conversation", "UPDATE conversation_webhooks SET conversation_sid = 'CH0'", []),
        ("Webhook settings belong to an account or a service", "UPDATE webhook_settings SET owner_sid = 'IS0'", []),
        ("A queued event can be sent", "UPDATE webhook_deliveries SET body = '[]'", []),
    ];

    private const string Columns =
        "account_sid, chat_service_sid, conversation_sid, conversation_closed, address, proxy_address, binding_type, "
        + "role_sid, notification_level, pending, "
        + "attributes, date_created, date_updated";

    [Fact]
    public async Task Every_rule_detects_its_violation()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-broken-").FullName;
        var whole = Path.Combine(folder, "conversations.db");
        await NewDatabaseAsync(whole);
        Assert.Empty(Invariants.BrokenBy(await Snapshot.OfAsync(Store.Sqlite, $"Data Source={whole}")));

        foreach (var (rule, sql, others) in Breaks)
        {
            var broken = Path.Combine(folder, "broken.db");
            File.Copy(whole, broken, overwrite: true);
            await ExecuteAsync(broken, sql);

            var seen = Invariants.BrokenBy(await Snapshot.OfAsync(Store.Sqlite, $"Data Source={broken}"));

            Assert.Contains(seen, line => line.StartsWith($"{rule}: ", StringComparison.Ordinal));
            Assert.All(
                seen,
                line =>
                    Assert.True(
                        line.StartsWith(rule, StringComparison.Ordinal)
                            || others.Any(other => line.StartsWith(other, StringComparison.Ordinal)),
                        $"{rule} is broken, and so is {line}"
                    )
            );
        }

        Assert.Equal(Invariants.All.Keys, Breaks.Select(b => b.Rule));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task NewDatabaseAsync(string file)
    {
        await using (
            var server = TestServer.With(
                ("ConnectionStrings:Sqlite", $"Data Source={file}"),
                ("Webhooks:FirstPauseSeconds", "600")
            )
        )
        {
            var twilio = await Twilio.NewAccountAsync(server);
            (
                await twilio.PostAsync(
                    "Configuration/Webhooks",
                    ("PostWebhookUrl", "http://127.0.0.1:1/nobody"),
                    ("Filters", "onParticipantAdded")
                )
            ).Ok();
            foreach (var name in new[] { "empty", "open", "mixed", "group", "closed" })
            {
                await twilio.NewConversationAsync(("UniqueName", name));
            }

            await twilio.WithWebhooks().NewParticipantAsync("open", NewParticipant.Chat("alice"));
            await twilio.NewParticipantAsync("open", NewParticipant.Chat("bob"));
            await twilio.NewParticipantAsync("open", NewParticipant.Chat("carol"));
            await twilio.NewParticipantAsync("open", NewParticipant.Sms("+15558675310", "+15017122661"));
            await twilio.NewParticipantAsync("mixed", NewParticipant.Chat("alice"));
            await twilio.NewParticipantAsync("closed", NewParticipant.Sms("+15558675319", "+15017122661"));
            foreach (var address in new[] { "+15558675311", "+15558675312", "+15558675313" })
            {
                await twilio.NewParticipantAsync("group", NewParticipant.Native(address));
            }

            (await twilio.PostAsync("Conversations/open/Messages", ("Author", "alice"))).Created();
            (
                await twilio.PostAsync(
                    "Conversations/open/Messages",
                    ("MediaSid", "ME0123456789abcdef0123456789abcdef")
                )
            ).Created();
            (await twilio.PostAsync("Conversations/closed", ("State", "closed"))).Ok();
            (
                await twilio.PostAsync(
                    "Conversations/open/Webhooks",
                    ("Target", "webhook"),
                    ("Configuration.Url", "http://127.0.0.1:1/nobody"),
                    ("Configuration.Filters", "onParticipantAdded")
                )
            ).Created();
        }

        // Closing the last connection writes all data into the one file.
        SqliteConnection.ClearAllPools();
    }

    // The database enforces some of the rules itself, so its indexes are dropped first.
    private static async Task ExecuteAsync(string file, string sql)
    {
        await using SqliteConnection connection = new($"Data Source={file};Pooling=False;Foreign Keys=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT group_concat('DROP INDEX ' || name, ';') FROM sqlite_master WHERE type = 'index' AND name "
            + "LIKE 'ux_%'";
        command.CommandText = $"{await command.ExecuteScalarAsync()};{sql}";
        await command.ExecuteNonQueryAsync();
    }
}
