using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Messages;
using Conversations.Api.Roles;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// Checks what the database would reject, so that the error names the line: missing columns, rows without a parent, and
/// two rows with one key, as the model has these rules. Formats are in <see cref="ImportFormats"/>.
/// </summary>
internal static class ImportCheck
{
    /// <exception cref="ControlException">400: a rule is broken. The message names the line.</exception>
    public static void Check(IReadOnlyList<ImportedRow> rows)
    {
        foreach (var row in rows)
        {
            CheckColumns(row);
        }

        CheckOwners(rows);
        CheckRoles(rows);
        CheckIndices(rows);
        foreach (var table in rows.GroupBy(row => row.Type))
        {
            CheckUnique(table, table.Key.FindPrimaryKey()!.Properties);
            foreach (var index in table.Key.GetIndexes().Where(index => index.IsUnique))
            {
                CheckUnique(table, index.Properties);
            }

            foreach (var key in table.Key.GetForeignKeys())
            {
                CheckParents(table, key, rows);
            }
        }
    }

    private static void CheckColumns(ImportedRow row)
    {
        foreach (var column in row.Type.GetProperties())
        {
            if (!column.IsNullable && row[column] is null)
            {
                throw row.Place.Wrong($"{row.Table} needs {column.GetColumnName()}");
            }

            if (ImportFormats.ProblemOf(row, column) is { } problem)
            {
                throw row.Place.Wrong($"{column.GetColumnName()} {problem}");
            }
        }
    }

    // Settings with the SID of another account would be the settings of that account.
    private static void CheckOwners(IReadOnlyList<ImportedRow> rows)
    {
        var owners = All<ChatService>(rows).Select(service => service.Sid).ToHashSet();
        owners.UnionWith(All<Account>(rows).Select(account => account.Sid));
        foreach (var row in rows.Where(row => row.Entity is WebhookSettings s && !owners.Contains(s.OwnerSid)))
        {
            throw row.Place.Wrong("owner_sid names neither the account nor a chat service of the document");
        }
    }

    private static void CheckRoles(IReadOnlyList<ImportedRow> rows)
    {
        var roles = All<Role>(rows).ToLookup(role => role.ChatServiceSid, role => role.Sid);
        foreach (var row in rows.Where(row => row.Entity is ChatService))
        {
            var service = (ChatService)row.Entity;
            string[] defaults =
            [
                service.DefaultChatServiceRoleSid,
                service.DefaultConversationRoleSid,
                service.DefaultConversationCreatorRoleSid,
            ];
            if (defaults.Except(roles[service.Sid]).FirstOrDefault() is { } missing)
            {
                throw row.Place.Wrong($"chat_services names the role {missing}, which the service does not have");
            }
        }
    }

    private static void CheckIndices(IReadOnlyList<ImportedRow> rows)
    {
        var next = All<Conversation>(rows).ToLookup(c => c.Sid, c => c.NextMessageIndex);
        foreach (
            var row in rows.Where(row =>
                row.Entity is Message m && next[m.ConversationSid].Any(index => index <= m.Index)
            )
        )
        {
            throw row.Place.Wrong("index must be less than next_message_index of the conversation");
        }
    }

    private static IEnumerable<T> All<T>(IReadOnlyList<ImportedRow> rows) => rows.Select(row => row.Entity).OfType<T>();

    private static void CheckUnique(IEnumerable<ImportedRow> rows, IReadOnlyList<IProperty> columns)
    {
        Dictionary<string, ImportedRow> seen = [];
        foreach (var row in rows.Where(row => columns.All(column => row[column] is not null)))
        {
            if (!seen.TryAdd(string.Join('\n', columns.Select(column => row[column])), row))
            {
                var names = string.Join(", ", columns.Select(column => column.GetColumnName()));
                throw row.Place.Wrong($"{row.Table} has two rows with the same {names}");
            }
        }
    }

    private static void CheckParents(IEnumerable<ImportedRow> rows, IForeignKey key, IReadOnlyList<ImportedRow> all)
    {
        var (child, parent) = (key.Properties[0], key.PrincipalKey.Properties[0]);
        var parents = all.Where(row => row.Type == key.PrincipalEntityType).Select(row => row[parent]).ToHashSet();
        foreach (var row in rows.Where(row => row[child] is { } value && !parents.Contains(value)))
        {
            throw row.Place.Wrong($"{child.GetColumnName()} names no row of {key.PrincipalEntityType.GetTableName()}");
        }
    }
}
