using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The conversation's row is the lock for every write that changes its participants or messages. The lock is one
/// conditional UPDATE at the beginning of the transaction. It checks the state, updates the counts, and waits for other
/// writes to the same conversation.
/// </summary>
public static class ConversationLock
{
    public const int MaxParticipants = 1000;

    public const int MaxNonChatParticipants = 50;

    /// <summary>
    /// Locks the conversation's row and counts a participant that is added, is removed or changes its kind.
    /// </summary>
    /// <exception cref="WriteConflictException">
    /// The conversation is deleted, closed, full, or no longer as the check found it; or the user is deleted or in too
    /// many conversations.
    /// </exception>
    public static async Task ReserveAsync(
        this ConversationsDbContext db,
        Reservation of,
        CancellationToken cancellationToken
    )
    {
        SqlValues values = new();
        var (sql, rows) = (db.ReserveSql(of, values), 1);
        if (of.UserSid is not null)
        {
            sql += $"; {CountSql(of, values)}";
            rows++;
        }

        var updated = await db.Database.ExecuteSqlRawAsync(sql, values.All, cancellationToken);
        WriteConflictException.ThrowIf(updated != rows);
    }

    /// <summary>
    /// Does the same, and inserts the participant and its new user, all in one statement. Either it writes everything
    /// or nothing.
    /// </summary>
    /// <param name="user">Null when the user exists or the participant has no identity.</param>
    /// <exception cref="WriteConflictException">See <see cref="ReserveAsync"/>.</exception>
    /// <exception cref="Npgsql.PostgresException">
    /// A unique index or a foreign key decided against the participant. It is also a conflict.
    /// </exception>
    public static async Task InsertAsync(
        this PostgresDbContext db,
        Reservation of,
        Participant participant,
        User? user,
        CancellationToken cancellationToken
    )
    {
        SqlValues values = new();
        var sql = $"WITH reserved AS ({db.ReserveSql(of, values)} RETURNING sid)";
        (string, string)[] instead = [];
        if (user is not null)
        {
            sql += $", joined AS ({db.InsertSql(user, values)} FROM reserved)";
        }
        else if (of.UserSid is not null)
        {
            // The counts of both rows belong together. When the user's row does not count the participant, no user has
            // the empty SID, so the foreign key fails and undoes the whole statement.
            sql += $", joined AS ({CountSql(of, values, "reserved")} RETURNING users.sid)";
            instead = [("user_sid", "COALESCE((SELECT joined.sid FROM joined), '')")];
        }

        sql += $" {db.InsertSql(participant, values, instead)} FROM reserved";
        var inserted = await db.Database.ExecuteSqlRawAsync(sql, values.All, cancellationToken);
        WriteConflictException.ThrowIf(inserted == 0);
    }

    private static string ReserveSql(this ConversationsDbContext db, Reservation of, SqlValues values)
    {
        var participants = $"participant_count + {values.Add(of.Change(_ => true))}";
        var nonChat = $"non_chat_count + {values.Add(of.Change(kind => kind.IsNonChat))}";
        var group = $"group_count + {values.Add(of.Change(kind => kind.IsInGroup))}";
        List<string> set =
        [
            $"participant_count = {participants}",
            $"non_chat_count = {nonChat}",
            $"group_count = {group}",
        ];
        List<string> where =
        [
            $"sid = {values.Add(of.ConversationSid)}",
            $"(group_count > 0) = {values.Add(of.WasGroup)}",
            $"{participants} <= {MaxParticipants}",
            $"{nonChat} <= {MaxNonChatParticipants}",
        ];
        if (of.Woken is { } woken)
        {
            Wake(woken.Conversation, woken.Now, values, set, where);
        }
        else
        {
            where.Add($"state IN ('{ConversationState.Active}', '{ConversationState.Inactive}')");
        }

        if (of.UniqueName is not null)
        {
            where.Add($"unique_name = {values.Add(of.UniqueName)}");
        }

        if (of.Defaults?.Condition(db, values) is { } condition)
        {
            where.Add(condition);
        }

        return $"UPDATE conversations SET {string.Join(", ", set)} WHERE {string.Join(" AND ", where)}";
    }

    // The conversation must have the state that the check found. If it is inactive, it becomes active.
    private static void Wake(Conversation found, DateTime now, SqlValues values, List<string> set, List<string> where)
    {
        where.Add($"state = {values.Add(found.State)}");
        if (found.State != ConversationState.Active)
        {
            set.AddRange($"state = {values.Add(ConversationState.Active)}", LaterDate(values.Add(now)));
            StartTimers(found, now, values, set, where);
        }
    }

    // The timers must be those that the check found. They start anew.
    private static void StartTimers(
        Conversation found,
        DateTime now,
        SqlValues values,
        List<string> set,
        List<string> where
    )
    {
        Start("inactive", found.InactiveTimer);
        Start("closed", found.ClosedTimer);

        void Start(string name, string? timer)
        {
            where.Add($"COALESCE({name}_timer, '') = {values.Add(timer ?? "")}");
            if (TimerRules.DateAfter(timer, now) is { } date)
            {
                set.Add($"date_{name} = {values.Add(date)}");
            }
        }
    }

    // Counts the conversation in the row of its user.
    private static string CountSql(Reservation of, SqlValues values, string? from = null)
    {
        var change = values.Add(of.UserConversations);
        return $"UPDATE users SET conversation_count = conversation_count + {change}"
            + (from is null ? "" : $" FROM {from}")
            + $" WHERE users.sid = {values.Add(of.UserSid!)}"
            + $" AND conversation_count + {change} <= {User.MaxConversations}";
    }

    /// <summary>Locks the row of an open conversation without a change of its counts.</summary>
    /// <param name="uniqueName">See <see cref="Reservation.UniqueName"/>.</param>
    /// <exception cref="WriteConflictException">
    /// The conversation is deleted or closed, or has another name.
    /// </exception>
    public static async Task LockAsync(
        this ConversationsDbContext db,
        string conversationSid,
        string? uniqueName,
        CancellationToken cancellationToken
    ) =>
        WriteConflictException.ThrowIf(
            await db.Set<Conversation>()
                .Where(c =>
                    c.Sid == conversationSid
                    && (c.State == ConversationState.Active || c.State == ConversationState.Inactive)
                    && (uniqueName == null || c.UniqueName == uniqueName)
                )
                .ExecuteUpdateAsync(
                    c => c.SetProperty(r => r.ParticipantCount, r => r.ParticipantCount),
                    cancellationToken
                ) == 0
        );

    /// <summary>
    /// Locks the row of an open conversation and takes the index of a new message. The message wakes an inactive
    /// conversation. Both timers start anew.
    /// </summary>
    /// <param name="found">The conversation as the check found it.</param>
    /// <param name="uniqueName">See <see cref="Reservation.UniqueName"/>.</param>
    /// <exception cref="WriteConflictException">
    /// The conversation is deleted, or has another state, name or timer than the check found.
    /// </exception>
    public static async Task<long> TakeMessageIndexAsync(
        this ConversationsDbContext db,
        Conversation found,
        string? uniqueName,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        SqlValues values = new();
        List<string> set = ["next_message_index = next_message_index + 1"];
        List<string> where = [$"sid = {values.Add(found.Sid)}"];
        Wake(found, now, values, set, where);
        if (found.State == ConversationState.Active)
        {
            StartTimers(found, now, values, set, where);
        }

        if (uniqueName is not null)
        {
            where.Add($"unique_name = {values.Add(uniqueName)}");
        }

        var sql =
            $"UPDATE conversations SET {string.Join(", ", set)} WHERE {string.Join(" AND ", where)} "
            + "RETURNING next_message_index - 1 AS \"Value\"";
        var taken = await db.Database.SqlQueryRaw<long>(sql, values.All).ToListAsync(cancellationToken);
        WriteConflictException.ThrowIf(taken is []);
        return taken[0];
    }

    private static string LaterDate(string date) =>
        $"date_updated = CASE WHEN date_updated > {date} THEN date_updated ELSE {date} END";
}
