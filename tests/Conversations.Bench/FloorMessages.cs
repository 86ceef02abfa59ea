using System.Text.Json;
using Conversations.Api.Data;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Conversations.Bench;

// The messages of the floor.
internal sealed partial class Floor
{
    private async Task NewestMessagesAsync(HttpContext context)
    {
        var conversation = (string)context.Request.RouteValues["conversation"]!;
        await using var command = database.CreateCommand(FloorStatements.NewestMessages);
        Add(command.Parameters, Dataset.AccountSid, conversation);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 51 });
        List<MessageRow> rows = [];
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                rows.Add(MessageRow.Read(reader));
            }
        }

        await AnswerAsync(context, 200, json => WritePage(json, rows, conversation, context.Request.Host.Value!));
    }

    private async Task SendAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var conversation = (string)context.Request.RouteValues["conversation"]!;
        await using var connection = await database.OpenConnectionAsync();
        await using (NpgsqlCommand check = new(FloorStatements.CheckMessage, connection))
        {
            Add(check.Parameters, Dataset.AccountSid, conversation, "system");
            await using var reader = await check.ExecuteReaderAsync();
            await reader.ReadAsync();
        }

        var now = DateTimeOffset.UtcNow;
        MessageRow row;
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using NpgsqlCommand take = new(FloorStatements.TakeIndex, connection);
            Add(take.Parameters, conversation);
            var index = (long)(await take.ExecuteScalarAsync())!;
            row = new(
                Sids.New("IM", now),
                conversation,
                "{}",
                "system",
                form["Body"],
                now.UtcDateTime,
                now.UtcDateTime,
                index
            );
            await using NpgsqlCommand insert = new(FloorStatements.InsertMessage, connection);
            Add(insert.Parameters, row.Sid, Dataset.AccountSid, Dataset.ChatServiceSid, conversation);
            insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = index });
            Add(insert.Parameters, row.Author, row.Body);
            insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = row.Created });
            await insert.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        await AnswerAsync(context, 201, json => Write(json, row, context.Request.Host.Value!));
    }

    private static void WritePage(Utf8JsonWriter json, List<MessageRow> rows, string conversation, string host)
    {
        var url = $"http://{host}/v1/Conversations/{conversation}/Messages?Order=desc&PageSize=50&Page=";
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteNumber("page", 0);
        json.WriteNumber("page_size", 50);
        json.WriteString("first_page_url", url + "0");
        json.WriteNull("previous_page_url");
        json.WriteString("url", url + "0");
        json.WriteString("next_page_url", rows.Count > 50 ? $"{url}1&PageToken=PT{rows[50].Index}" : null);
        json.WriteString("key", "messages");
        json.WriteEndObject();
        json.WriteStartArray("messages");
        foreach (var row in rows.Take(50))
        {
            Write(json, row, host);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MessageRow row, string host)
    {
        var url = $"http://{host}/v1/Conversations/{row.ConversationSid}/Messages/{row.Sid}";
        json.WriteStartObject();
        json.WriteString("sid", row.Sid);
        json.WriteString("account_sid", Dataset.AccountSid);
        json.WriteString("conversation_sid", row.ConversationSid);
        json.WriteString("body", row.Body);
        json.WriteNull("media");
        json.WriteString("author", row.Author);
        json.WriteNull("participant_sid");
        json.WriteString("attributes", row.Attributes);
        json.WriteString("date_created", Date(row.Created));
        json.WriteString("date_updated", Date(row.Updated));
        json.WriteNumber("index", row.Index);
        json.WriteNull("delivery");
        json.WriteNull("content_sid");
        json.WriteString("url", url);
        json.WriteStartObject("links");
        json.WriteString("delivery_receipts", $"{url}/Receipts");
        json.WriteString("channel_metadata", $"{url}/ChannelMetadata");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record MessageRow(
        string Sid,
        string ConversationSid,
        string Attributes,
        string Author,
        string? Body,
        DateTime Created,
        DateTime Updated,
        long Index
    )
    {
        public static MessageRow Read(NpgsqlDataReader reader) =>
            new(
                reader.GetString(0),
                reader.GetString(7),
                reader.GetString(2),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetDateTime(8),
                reader.GetDateTime(9),
                reader.GetInt64(10)
            );
    }
}
