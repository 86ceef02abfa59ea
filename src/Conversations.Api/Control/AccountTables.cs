using System.Reflection;
using System.Text;
using System.Text.Json;
using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// The tables with rows of accounts, as the model describes them. A new table needs no line here: it has the column
/// account_sid, and its parents are those of its foreign keys.
/// </summary>
public static class AccountTables
{
    private static readonly MethodInfo Read = typeof(AccountTables).GetMethod(
        nameof(ReadRowsAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    /// <summary>Parents come before their children.</summary>
    public static IReadOnlyList<IEntityType> Of(IModel model)
    {
        List<IEntityType> sorted = [];
        foreach (var type in model.GetEntityTypes().OrderBy(type => type.GetTableName(), StringComparer.Ordinal))
        {
            Add(type);
        }

        return sorted;

        void Add(IEntityType type)
        {
            if (!sorted.Contains(type))
            {
                type.GetForeignKeys().Select(key => key.PrincipalEntityType).ToList().ForEach(Add);
                sorted.Add(type);
            }
        }
    }

    /// <summary>The tables of the account's state. Those of /control itself stay when the state is replaced.</summary>
    public static IEnumerable<IEntityType> StateOf(IModel model) =>
        Of(model).Where(type => type.ClrType.Namespace != typeof(AccountTables).Namespace);

    /// <summary>
    /// The SQL condition for the rows of the account {0}. It follows the foreign keys that delete a row with its
    /// parent, because these columns have indexes.
    /// </summary>
    public static string Condition(IEntityType type)
    {
        if (type.ClrType == typeof(Account))
        {
            return "sid = {0}";
        }

        var toParent = type.GetForeignKeys().FirstOrDefault(key => key.DeleteBehavior == DeleteBehavior.Cascade);
        return toParent is null
            ? "account_sid = {0}"
            : $"{toParent.Properties[0].GetColumnName()} IN ({Keys(toParent.PrincipalEntityType)})";
    }

    /// <summary>The SELECT of the primary keys of these rows.</summary>
    public static string Keys(IEntityType type) =>
        $"SELECT {type.FindPrimaryKey()!.Properties[0].GetColumnName()} FROM {type.GetTableName()} "
        + $"WHERE {Condition(type)}";

    /// <summary>Reads the rows of an account that requests can find, in the order of their keys.</summary>
    public static Task<List<object>> ReadAsync(
        ConversationsDbContext db,
        IEntityType type,
        string accountSid,
        CancellationToken cancellationToken
    )
    {
        var key = type.FindPrimaryKey()!.Properties[0].GetColumnName();
        var sql =
            $"SELECT * FROM {type.GetTableName()} WHERE {Condition(type)} AND NOT ({Hidden(type)}) ORDER BY {key}";
        return (Task<List<object>>)
            Read.MakeGenericMethod(type.ClrType).Invoke(null, [db, sql, accountSid, cancellationToken])!;
    }

    /// <summary>Inserts rows by one statement.</summary>
    public static async Task InsertAsync(
        ConversationsDbContext db,
        IEntityType type,
        IReadOnlyList<object> rows,
        CancellationToken cancellationToken
    )
    {
        if (rows is [])
        {
            return;
        }

        string[] columns = [.. type.GetProperties().Select(column => column.GetColumnName())];
        var table = type.GetTableName()!;
        var names = string.Join(", ", columns.Select(column => $"\"{column}\""));
        var sql = $"INSERT INTO {table} ({names}) {db.SelectFromJson(table, columns)}";
        await db.Database.ExecuteSqlRawAsync(sql, [JsonOf(db, type, rows)], cancellationToken);
    }

    // The rows of what is deleted, which are not deleted yet. See Remainder.
    private static string Hidden(IEntityType type)
    {
        const string NoAccount = $"account_sid = '{Resource.NoAccount}'";
        var own = type.ClrType.IsAssignableTo(typeof(ServiceResource)) ? NoAccount : "FALSE";
        var ofUser = Of("users", nameof(Participant.UserSid));
        var ofConversation = Of("conversations", nameof(ConversationChild.ConversationSid));
        return $"{own} OR {ofUser} OR {ofConversation}";

        string Of(string parents, string property) =>
            type.FindProperty(property)?.GetColumnName() is { } column
                ? $"COALESCE({column}, '') IN (SELECT sid FROM {parents} WHERE {NoAccount})"
                : "FALSE";
    }

    private static string JsonOf(ConversationsDbContext db, IEntityType type, IReadOnlyList<object> rows)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                foreach (var column in type.GetProperties())
                {
                    json.WritePropertyName(column.GetColumnName());
                    JsonSerializer.Serialize(json, Stored(column, row));
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());

        object? Stored(IProperty column, object row)
        {
            var value = column.PropertyInfo!.GetValue(row);
            return value is DateTime date ? db.DateInJson(date)
                : value is null || column.GetTypeMapping().Converter is not { } converter ? value
                : converter.ConvertToProvider(value);
        }
    }

    private static Task<List<object>> ReadRowsAsync<T>(
        ConversationsDbContext db,
        string sql,
        string accountSid,
        CancellationToken cancellationToken
    )
        where T : class => db.Set<T>().FromSqlRaw(sql, accountSid).ToListAsync<object>(cancellationToken);
}
