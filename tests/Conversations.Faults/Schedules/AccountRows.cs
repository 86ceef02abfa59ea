using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;

namespace Conversations.Faults.Schedules;

/// <summary>All rows of one account: reads them in one statement, and puts back those it found first.</summary>
internal sealed partial class AccountRows(NpgsqlConnection connection, string accountSid, Schema schema)
{
    // Each after those that it refers to.
    private readonly (string Name, string Owner)[] tables =
    [
        .. schema.TablesOfAccounts.Select(table => (table, table == "accounts" ? "sid" : "account_sid")),
    ];

    private static readonly string[] ReceiptSids = ["sid", "channel_message_sid"];

    private string first = "{}";

    public async Task KeepAsync() => first = await ReadAsync();

    public async Task RestoreAsync()
    {
        var sql = string.Join(
            ';',
            Enumerable
                .Reverse(tables)
                .Select(table => $"DELETE FROM {table.Name} WHERE {table.Owner} = '{accountSid}'")
                .Concat(
                    tables.Select(table =>
                        $"INSERT INTO {table.Name} SELECT * FROM "
                        + $"json_populate_recordset(NULL::{table.Name}, $rows${RowsOf(table.Name)}$rows$)"
                    )
                )
        );
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>As JSON: an array for each table.</summary>
    public async Task<string> ReadAsync()
    {
        var selects = tables.Select(table =>
            $"'{table.Name}', (SELECT json_agg(t ORDER BY t."
            + $"{(table.Name == "webhook_deliveries" ? "id" : "ctid")}) "
            + $"FROM {table.Name} t WHERE {table.Owner} = '{accountSid}')"
        );
        await using NpgsqlCommand command = new(
            $"SELECT json_build_object({string.Join(", ", selects)})::text",
            connection
        );
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>
    /// The rows as sorted lines without dates, with the events of each queue in their order, and with names for the
    /// SIDs that the requests created. Equal states have equal texts.
    /// </summary>
    /// <param name="names">Of what the requests created.</param>
    public static string TextOf(string rows, IReadOnlyDictionary<string, string> names)
    {
        var tables = JsonNode.Parse(rows)!.AsObject();
        var lines = tables
            .Where(table => table.Key != "webhook_deliveries")
            .SelectMany(table => Rows(table.Value).Select(row => $"{table.Key} {row.ToJsonString()}"))
            .Concat(
                Rows(tables["webhook_deliveries"])
                    .GroupBy(row => row["queue"]!.GetValue<string>())
                    .SelectMany(queue => queue.Select((row, i) => $"event {queue.Key} {i:000} {row["body"]}"))
            );
        return string.Join(
            '\n',
            lines.Select(line => Masked(line, names, Unnamed(tables, names))).Order(StringComparer.Ordinal)
        );
    }

    public static string Masked(
        string text,
        IReadOnlyDictionary<string, string> names,
        IReadOnlyDictionary<string, string>? others = null
    ) =>
        Date()
            .Replace(
                Sid()
                    .Replace(
                        text,
                        sid => names.GetValueOrDefault(sid.Value) ?? others?.GetValueOrDefault(sid.Value) ?? sid.Value
                    ),
                "<date>"
            );

    // A user comes with a participant, a role with a service, a receipt with a message, a participant with a
    // conversation: no answer shows their SIDs. Another request may have deleted the user since; then its event still
    // names it.
    private static Dictionary<string, string> Unnamed(JsonObject tables, IReadOnlyDictionary<string, string> names) =>
        Rows(tables["users"])
            .Select(row => (Sid: row["sid"], Name: $"US-of-{row["identity"]}"))
            .Concat(
                Rows(tables["webhook_deliveries"])
                    .Where(row => row["event_type"]!.GetValue<string>() == "onUserAdded")
                    .Select(row => JsonNode.Parse(row["body"]!.GetValue<string>())!.AsArray())
                    .Select(body => (Sid: Value(body, "UserSid"), Name: $"US-of-{Value(body, "Identity")}"))
            )
            .Concat(
                Rows(tables["roles"])
                    .Select(row =>
                        (
                            Sid: row["sid"],
                            Name: $"RL-of-{Masked($"{row["chat_service_sid"]}", names)}-{row["friendly_name"]}"
                        )
                    )
            )
            .Concat(
                from row in Rows(tables["receipts"])
                from column in ReceiptSids
                select (
                    Sid: row[column],
                    Name: Masked($"{column} of {row["message_sid"]} to {row["participant_sid"]}", names)
                )
            )
            .Concat(
                Rows(tables["participants"])
                    .Where(row => row["pending"]!.GetValue<bool>())
                    .Select(row =>
                        (
                            Sid: row["sid"],
                            Name: $"MB-of-{Masked($"{row["conversation_sid"]}", names)}-{row["identity"]}"
                        )
                    )
            )
            .DistinctBy(named => named.Sid!.GetValue<string>())
            .ToDictionary(named => named.Sid!.GetValue<string>(), named => named.Name);

    private static JsonNode? Value(JsonArray parameters, string key) =>
        parameters.Single(parameter => parameter!["Key"]!.GetValue<string>() == key)!["Value"];

    private string RowsOf(string table) => JsonNode.Parse(first)![table]?.ToJsonString() ?? "[]";

    private static IEnumerable<JsonNode> Rows(JsonNode? table) => (table as JsonArray ?? []).Select(row => row!);

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00|\\u002B00:00)")]
    private static partial Regex Date();

    [GeneratedRegex("[A-Z]{2}[0-9a-f]{32}")]
    private static partial Regex Sid();
}
