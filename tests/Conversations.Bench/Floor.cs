using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conversations.Api.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Conversations.Bench;

/// <summary>
/// The floor of the comparison: the least that ASP.NET Core and Npgsql cost for the same bodies from the same
/// statements, without accounts, rules, logs and errors.
/// </summary>
internal sealed partial class Floor(NpgsqlDataSource database, string participantRoleSid, string userRoleSid)
{
    private static readonly JsonWriterOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static async Task<int> RunAsync(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(
            connectionString + ";Max Auto Prepare=200;No Reset On Close=true"
        );
        await using var roles = database.CreateCommand(
            "SELECT default_conversation_role_sid, default_chat_service_role_sid FROM chat_services WHERE sid "
                + $"= '{Dataset.ChatServiceSid}'"
        );
        Floor floor;
        await using (var reader = await roles.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            floor = new(database, reader.GetString(0), reader.GetString(1));
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using var app = builder.Build();
        app.MapGet("/v1/Conversations/{conversation}/Participants/{participant}", (RequestDelegate)floor.FetchAsync);
        app.MapGet("/v1/Conversations/{conversation}/Participants", (RequestDelegate)floor.ListAsync);
        app.MapPost("/v1/Conversations/{conversation}/Participants", (RequestDelegate)floor.CreateAsync);
        app.MapGet("/v1/Conversations/{conversation}/Messages", (RequestDelegate)floor.NewestMessagesAsync);
        app.MapPost("/v1/Conversations/{conversation}/Messages", (RequestDelegate)floor.SendAsync);
        app.MapGet("/v1/ParticipantConversations", (RequestDelegate)floor.ConversationsOfIdentityAsync);
        await app.StartAsync();
        Console.WriteLine($"Now listening on: {app.Urls.Single()}\n");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private async Task FetchAsync(HttpContext context)
    {
        var (conversation, participant) = (
            (string)context.Request.RouteValues["conversation"]!,
            (string)context.Request.RouteValues["participant"]!
        );
        await using var command = database.CreateCommand(
            Sids.Is("MB", participant) ? FloorStatements.FetchBySid : FloorStatements.FetchByIdentity
        );
        Add(command.Parameters, Dataset.AccountSid, conversation, participant);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var found = Row.Read(reader);
        await AnswerAsync(context, 200, json => Write(json, found, context.Request.Host.Value!));
    }

    private async Task ListAsync(HttpContext context)
    {
        var conversation = (string)context.Request.RouteValues["conversation"]!;
        await using var command = database.CreateCommand(FloorStatements.List);
        Add(command.Parameters, Dataset.AccountSid, conversation);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 51 });
        List<Row> rows = [];
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                rows.Add(Row.Read(reader));
            }
        }

        await AnswerAsync(
            context,
            200,
            json =>
            {
                var host = context.Request.Host.Value!;
                var url = $"http://{host}/v1/Conversations/{conversation}/Participants?PageSize=50&Page=";
                json.WriteStartObject();
                json.WriteStartObject("meta");
                json.WriteNumber("page", 0);
                json.WriteNumber("page_size", 50);
                json.WriteString("first_page_url", url + "0");
                json.WriteNull("previous_page_url");
                json.WriteString("url", url + "0");
                json.WriteString("next_page_url", rows.Count > 50 ? $"{url}1&PageToken=PT{rows[50].Sid}" : null);
                json.WriteString("key", "participants");
                json.WriteEndObject();
                json.WriteStartArray("participants");
                foreach (var row in rows.Take(50))
                {
                    Write(json, row, host);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    private async Task CreateAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var (identity, address, proxy) = (
            (string?)form["Identity"],
            (string?)form["MessagingBinding.Address"],
            (string?)form["MessagingBinding.ProxyAddress"]
        );
        var pair = address is null ? null : $"{address} {proxy}";
        var conversation = (string)context.Request.RouteValues["conversation"]!;
        await using (
            var check = database.CreateCommand(
                identity is null ? FloorStatements.CheckBound : FloorStatements.CheckChat
            )
        )
        {
            Add(check.Parameters, Dataset.AccountSid, conversation, identity ?? pair);
            await using var reader = await check.ExecuteReaderAsync();
            await reader.ReadAsync();
        }

        var now = DateTimeOffset.UtcNow;
        Row row = new(
            Sids.New("MB", now),
            conversation,
            identity,
            address is null ? null : "sms",
            address,
            proxy,
            "{}",
            participantRoleSid,
            now.UtcDateTime,
            now.UtcDateTime
        );
        await InsertAsync(row, pair, now);
        await AnswerAsync(context, 201, json => Write(json, row, context.Request.Host.Value!));
    }

    private async Task InsertAsync(Row row, string? pair, DateTimeOffset now)
    {
        await using var insert = database.CreateCommand(
            row.Identity is null ? FloorStatements.CreateBound : FloorStatements.CreateChat
        );
        Add(insert.Parameters, row.ConversationSid);
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 1 });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = row.Identity is null ? 1 : 0 });
        Add(insert.Parameters, Dataset.AccountSid, Dataset.ChatServiceSid, row.Sid);
        insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = row.Created });
        Add(insert.Parameters, row.RoleSid);
        if (row.Identity is null)
        {
            Add(insert.Parameters, row.Address, row.ProxyAddress, row.Type, pair);
        }
        else
        {
            Add(insert.Parameters, row.Identity, Sids.New("US", now), userRoleSid);
        }

        await insert.ExecuteNonQueryAsync();
    }

    private static void Add(NpgsqlParameterCollection parameters, params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            parameters.Add(
                new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
            );
        }
    }

    private static async Task AnswerAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> body = new(1024);
        await using (Utf8JsonWriter json = new(body, Json))
        {
            write(json);
        }

        (context.Response.StatusCode, context.Response.ContentType, context.Response.ContentLength) = (
            status,
            "application/json",
            body.WrittenCount
        );
        await context.Response.BodyWriter.WriteAsync(body.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, Row row, string host)
    {
        json.WriteStartObject();
        json.WriteString("account_sid", Dataset.AccountSid);
        json.WriteString("conversation_sid", row.ConversationSid);
        json.WriteString("sid", row.Sid);
        json.WriteString("identity", row.Identity);
        json.WriteString("attributes", row.Attributes);
        if (row.Type is null)
        {
            json.WriteNull("messaging_binding");
        }
        else
        {
            json.WriteStartObject("messaging_binding");
            json.WriteString("type", row.Type);
            json.WriteString("address", row.Address);
            json.WriteString("proxy_address", row.ProxyAddress);
            json.WriteEndObject();
        }

        json.WriteString("role_sid", row.RoleSid);
        json.WriteString("date_created", Date(row.Created));
        json.WriteString("date_updated", Date(row.Updated));
        json.WriteString("url", $"http://{host}/v1/Conversations/{row.ConversationSid}/Participants/{row.Sid}");
        json.WriteNull("last_read_message_index");
        json.WriteNull("last_read_timestamp");
        json.WriteEndObject();
    }

    private static string Date(DateTime date) =>
        date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record Row(
        string Sid,
        string ConversationSid,
        string? Identity,
        string? Type,
        string? Address,
        string? ProxyAddress,
        string Attributes,
        string RoleSid,
        DateTime Created,
        DateTime Updated
    )
    {
        public static Row Read(NpgsqlDataReader reader)
        {
            return new(
                reader.GetString(0),
                reader.GetString(9),
                Text(12),
                Text(7),
                Text(3),
                Text(16),
                reader.GetString(4),
                reader.GetString(17),
                reader.GetDateTime(10),
                reader.GetDateTime(11)
            );

            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        }
    }
}
