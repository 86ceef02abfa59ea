using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Conversations.Bench;

// The conversations of a participant, of the floor.
internal sealed partial class Floor
{
    private async Task ConversationsOfIdentityAsync(HttpContext context)
    {
        var identity = (string)context.Request.Query["Identity"]!;
        await using var command = database.CreateCommand(FloorStatements.ConversationsOfIdentity);
        Add(command.Parameters, Dataset.AccountSid, identity);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 51 });
        List<MembershipRow> rows = [];
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                rows.Add(MembershipRow.Read(reader));
            }
        }

        await AnswerAsync(context, 200, json => WritePage(json, rows, identity, context.Request.Host.Value!));
    }

    private static void WritePage(Utf8JsonWriter json, List<MembershipRow> rows, string identity, string host)
    {
        var url = $"http://{host}/v1/ParticipantConversations?Identity={identity}&PageSize=50&Page=";
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteNumber("page", 0);
        json.WriteNumber("page_size", 50);
        json.WriteString("first_page_url", url + "0");
        json.WriteNull("previous_page_url");
        json.WriteString("url", url + "0");
        json.WriteNull("next_page_url");
        json.WriteString("key", "conversations");
        json.WriteEndObject();
        json.WriteStartArray("conversations");
        foreach (var row in rows)
        {
            Write(json, row, host);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MembershipRow row, string host)
    {
        json.WriteStartObject();
        json.WriteString("account_sid", Dataset.AccountSid);
        json.WriteString("chat_service_sid", Dataset.ChatServiceSid);
        json.WriteString("conversation_sid", row.ConversationSid);
        json.WriteString("participant_sid", row.ParticipantSid);
        json.WriteString("conversation_friendly_name", row.FriendlyName);
        json.WriteString("conversation_state", row.State);
        json.WriteStartObject("conversation_timers");
        json.WriteEndObject();
        json.WriteString("conversation_attributes", row.Attributes);
        json.WriteString("conversation_date_created", Date(row.Created));
        json.WriteString("conversation_date_updated", Date(row.Updated));
        json.WriteString("conversation_created_by", "system");
        json.WriteString("conversation_unique_name", row.UniqueName);
        json.WriteString("participant_user_sid", row.UserSid);
        json.WriteString("participant_identity", row.Identity);
        json.WriteNull("participant_messaging_binding");
        json.WriteStartObject("links");
        var conversation = $"http://{host}/v1/Conversations/{row.ConversationSid}";
        json.WriteString("participant", $"{conversation}/Participants/{row.ParticipantSid}");
        json.WriteString("conversation", conversation);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record MembershipRow(
        string ParticipantSid,
        string ConversationSid,
        string? Identity,
        string? UserSid,
        string Attributes,
        DateTime Created,
        DateTime Updated,
        string? FriendlyName,
        string State,
        string? UniqueName
    )
    {
        public static MembershipRow Read(NpgsqlDataReader reader)
        {
            return new(
                reader.GetString(0),
                reader.GetString(10),
                Text(13),
                Text(20),
                reader.GetString(23),
                reader.GetDateTime(27),
                reader.GetDateTime(29),
                Text(32),
                reader.GetString(41),
                Text(42)
            );

            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        }
    }
}
