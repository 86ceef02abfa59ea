using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Roles;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// The rows of an account as JSON: one member a table, with the columns of its rows. The model names both, so a new
/// table needs no line here. The document has no credentials, and no events that wait to be sent.
/// </summary>
internal static partial class AccountDocument
{
    private const string AccountSid = "account_sid";

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new UtcDates() },
    };

    /// <summary>
    /// The tables. Rows whose key the database makes are work of the server, not the account's state.
    /// </summary>
    public static IEnumerable<IEntityType> TablesOf(IModel model) =>
        AccountTables
            .StateOf(model)
            .Where(type => type.FindPrimaryKey()!.Properties[0].ValueGenerated == ValueGenerated.Never);

    public static byte[] Write(string accountSid, IReadOnlyList<(IEntityType Table, List<object> Rows)> tables)
    {
        using MemoryStream stream = new();
        using (
            Utf8JsonWriter json = new(
                stream,
                new()
                {
                    Indented = true,
                    NewLine = "\n",
                    Encoder = Json.Encoder,
                }
            )
        )
        {
            json.WriteStartObject();
            json.WriteString(AccountSid, accountSid);
            foreach (var (table, rows) in tables)
            {
                json.WriteStartArray(table.GetTableName()!);
                rows.ForEach(row => WriteRow(json, ColumnsOf(table), row));
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="ControlException">400: the document can't be read. The message names the line.</exception>
    public static List<ImportedRow> Read(IModel model, byte[] document)
    {
        var tables = TablesOf(model).ToDictionary(type => type.GetTableName()!);
        List<ImportedRow> rows = [];
        Utf8JsonReader json = new(
            document,
            new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        try
        {
            Require(json.Read() && json.TokenType == JsonTokenType.StartObject, new(document, 0), "must be an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var (name, place) = (json.GetString()!, new Place(document, json.TokenStartIndex));
                json.Read();
                if (name != AccountSid)
                {
                    Require(tables.TryGetValue(name, out var table), place, $"{name} is not a table");
                    Require(json.TokenType == JsonTokenType.StartArray, place, $"{name} must be an array");
                    var columns = ColumnsOf(table!).ToDictionary(column => column.GetColumnName());
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    {
                        rows.Add(ReadRow(ref json, document, table!, columns));
                    }
                }
            }

            json.Read();
            return rows;
        }
        catch (JsonException exception)
        {
            throw Place.Wrong((exception.LineNumber ?? 0) + 1, "this is not valid JSON");
        }
        catch (InvalidOperationException)
        {
            throw new Place(document, json.TokenStartIndex).Wrong("this text is not valid Unicode");
        }
    }

    /// <summary>
    /// Gives all rows new SIDs, in the same order, and puts the caller's account in the place of the document's. SIDs
    /// in texts change too.
    /// </summary>
    public static string WithNewSids(string document, AccountOptions account, AccountClock clock)
    {
        Dictionary<string, string> changed = [];
        foreach (
            var sid in RowSid().Matches(document).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)
        )
        {
            changed.TryAdd(sid, clock.NewSid(sid[..2]));
        }

        if (OwnerSid().Match(document) is { Success: true } owner)
        {
            var digits = owner.Groups[1].Value[2..];
            changed[$"AC{digits}"] = account.Sid;
            changed[$"IS{digits}"] = account.DefaultChatServiceSid;
            changed[$"MG{digits}"] = account.DefaultMessagingServiceSid;
        }

        return AnySid().Replace(document, match => changed.GetValueOrDefault(match.Value, match.Value));
    }

    /// <summary>Whether the document was exported from another account.</summary>
    public static bool IsOfAnother(string document, string accountSid) =>
        OwnerSid().Match(document) is { Success: true } owner && owner.Groups[1].Value != accountSid;

    private static IEnumerable<IProperty> ColumnsOf(IEntityType table) =>
        table
            .GetProperties()
            .Where(column =>
                column.Name is not (nameof(Resource.AccountSid) or nameof(Role.ReplacedBy))
                && (
                    table.ClrType != typeof(Account)
                    || column.Name is not (nameof(Account.Sid) or nameof(Account.AuthToken))
                )
            );

    private static void WriteRow(Utf8JsonWriter json, IEnumerable<IProperty> columns, object row)
    {
        json.WriteStartObject();
        foreach (var column in columns)
        {
            json.WritePropertyName(column.GetColumnName());
            JsonSerializer.Serialize(json, column.PropertyInfo!.GetValue(row), column.ClrType, Json);
        }

        json.WriteEndObject();
    }

    private static ImportedRow ReadRow(
        ref Utf8JsonReader json,
        byte[] document,
        IEntityType table,
        Dictionary<string, IProperty> columns
    )
    {
        ImportedRow row = new(table, new(document, json.TokenStartIndex));
        Require(json.TokenType == JsonTokenType.StartObject, row.Place, $"a row of {row.Table} must be an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (name, place) = (json.GetString()!, new Place(document, json.TokenStartIndex));
            var column = columns.GetValueOrDefault(name) ?? throw place.Wrong($"{row.Table} has no column {name}");
            json.Read();
            row.Set(column, ValueOf(ref json, column, place));
        }

        return row;
    }

    private static object? ValueOf(ref Utf8JsonReader json, IProperty column, Place place)
    {
        var start = json;
        try
        {
            var value = JsonSerializer.Deserialize(ref json, column.ClrType, Json);
            var text = value is IEnumerable<string> list ? string.Concat(list) : value as string;
            return value is null && !column.IsNullable ? throw place.Wrong($"{column.GetColumnName()} can't be null")
                : text?.Contains('\0') == true ? throw place.Wrong($"{column.GetColumnName()} contains a NUL character")
                : value;
        }
        catch (JsonException)
        {
            throw place.Wrong(JsonShape.ProblemOf(ref start, column.ClrType, Json, column.GetColumnName()));
        }
    }

    private static void Require(bool condition, Place place, string reason)
    {
        if (!condition)
        {
            throw place.Wrong(reason);
        }
    }

    [GeneratedRegex(
        """
            "sid"\s*:\s*"([A-Z]{2}[0-9a-fA-F]{32})"
            """
    )]
    private static partial Regex RowSid();

    [GeneratedRegex(
        """
            "account_sid"\s*:\s*"(AC[0-9a-fA-F]{32})"
            """
    )]
    private static partial Regex OwnerSid();

    [GeneratedRegex(@"\b[A-Z]{2}[0-9a-fA-F]{32}\b")]
    private static partial Regex AnySid();

    private sealed class UtcDates : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTime() is { Kind: DateTimeKind.Unspecified } date
                ? DateTime.SpecifyKind(date, DateTimeKind.Utc)
                : reader.GetDateTime().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }
}
