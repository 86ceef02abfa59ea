using Conversations.Api.Data;

namespace Conversations.Api.Accounts;

/// <summary>
/// What a new row takes from its account and its chat service because the request does not name it. The statement that
/// writes the row compares it with the stored defaults and locks these. So no row appears with an outdated default.
/// </summary>
/// <param name="ChatServiceSid">The row's chat service.</param>
public sealed record Defaults(string ChatServiceSid)
{
    /// <summary>Whether the service is the account's default one, and the path names none.</summary>
    public bool IsDefaultService { get; init; }

    /// <summary>The defaults of a conversation; null when the row takes none of them.</summary>
    public Account? Account { get; init; }

    /// <summary>The role of a participant; null when the row does not take it.</summary>
    public string? ConversationRoleSid { get; init; }

    /// <summary>The role of a user; null when the row does not take it.</summary>
    public string? UserRoleSid { get; init; }

    /// <summary>The condition in SQL.</summary>
    /// <param name="values">The values of the statement, to which the condition adds its own.</param>
    /// <returns>Null when nothing is taken.</returns>
    public string? Condition(ConversationsDbContext db, SqlValues values)
    {
        List<string> conditions = [];
        List<string> locked = [];
        if (ConversationRoleSid is not null || UserRoleSid is not null)
        {
            locked.Add("s");
            Require("s.default_conversation_role_sid", ConversationRoleSid);
            Require("s.default_chat_service_role_sid", UserRoleSid);
        }

        if (IsDefaultService || Account is not null)
        {
            locked.Add("a");
            Require("a.default_chat_service_sid", IsDefaultService ? ChatServiceSid : null);
        }

        if (Account is not null)
        {
            Require("a.default_messaging_service_sid", Account.DefaultMessagingServiceSid);
            Require("COALESCE(a.default_inactive_timer, '')", Account.DefaultInactiveTimer ?? "");
            Require("COALESCE(a.default_closed_timer, '')", Account.DefaultClosedTimer ?? "");
        }

        return locked is []
            ? null
            : "EXISTS (SELECT 1 FROM chat_services s JOIN accounts a ON a.sid = s.account_sid "
                + $"WHERE s.sid = {values.Add(ChatServiceSid)}{string.Concat(conditions)}"
                + $"{db.LockForShare(string.Join(", ", locked))})";

        void Require(string column, string? value)
        {
            if (value is not null)
            {
                conditions.Add($" AND {column} = {values.Add(value)}");
            }
        }
    }
}
