namespace Conversations.Bench;

/// <summary>
/// The statements of the floor and pgbench: those of the server for the same request, in the same transaction, as
/// PostgreSQL's log shows them. Change them together with the server's.
/// </summary>
internal static class FloorStatements
{
    private const string Participant = """
        SELECT p.sid, p.account_sid, p.active_binding, p.address, p.attributes, p.binding_level, p.binding_name,
            p.binding_type, p.chat_service_sid, p.conversation_sid,
            p.date_created, p.date_updated, p.identity, p.last_read_message_index, p.last_read_timestamp,
            p.projected_address, p.proxy_address, p.role_sid, p.user_sid, p.notification_level, p.pending
        FROM participants AS p
        WHERE p.account_sid = $1 AND p.chat_service_sid = (SELECT a.default_chat_service_sid FROM accounts AS a WHERE
            a.sid = $1 LIMIT 1) AND p.conversation_sid = $2 AND NOT p.pending
        """;

    private const string Facts = """
        SELECT c.sid, c.account_sid, c.attributes, c.chat_service_sid, c.date_closed, c.date_created, c.date_inactive,
            c.date_updated, c.email_address, c.email_name,
            c.friendly_name, c.group_count, c.group_key, c.group_set, c.messaging_service_sid, c.non_chat_count,
            c.participant_count,
                c.state, c.unique_name,
            s.default_conversation_role_sid, s.default_chat_service_role_sid
        """;

    private const string OfConversation = """
        FROM conversations AS c INNER JOIN chat_services AS s ON c.chat_service_sid = s.sid
        WHERE c.account_sid = $1 AND c.chat_service_sid = (SELECT a.default_chat_service_sid FROM accounts AS a WHERE
            a.sid = $1 LIMIT 1) AND c.sid = $2
        LIMIT 1
        """;

    /// <summary>Parameters: account, conversation, SID.</summary>
    public const string FetchBySid = $"{Participant} AND p.sid = $3 LIMIT 1";

    /// <summary>Parameters: account, conversation, identity.</summary>
    public const string FetchByIdentity = $"{Participant} AND p.identity = $3 LIMIT 1";

    /// <summary>Parameters: account, conversation, page size plus one.</summary>
    public const string List = $"{Participant} ORDER BY p.sid LIMIT $3";

    /// <summary>Parameters: account, conversation, identity.</summary>
    public const string CheckChat = $"""
        {Facts},
            EXISTS (SELECT 1 FROM participants AS p WHERE p.conversation_sid = c.sid AND p.identity = $3),
            (SELECT u.sid FROM users AS u WHERE u.chat_service_sid = c.chat_service_sid AND u.identity = $3 LIMIT 1),
            COALESCE((SELECT u0.conversation_count FROM users AS u0 WHERE u0.chat_service_sid = c.chat_service_sid AND
                u0.identity = $3 LIMIT 1), 0)
        {OfConversation}
        """;

    /// <summary>Parameters: account, conversation, pair of addresses.</summary>
    public const string CheckBound = $"""
        {Facts},
            (SELECT p.conversation_sid FROM participants AS p WHERE p.account_sid = c.account_sid AND p.active_binding =
                $3 LIMIT 1)
        {OfConversation}
        """;

    private const string Reserve = """
        UPDATE conversations
        SET participant_count = participant_count + $2, non_chat_count = non_chat_count + $3,
            group_count = group_count + 0
        WHERE sid = $1 AND state IN ('active', 'inactive') AND (group_count > 0) = false
            AND participant_count + $2 <= 1000 AND non_chat_count + $3 <= 50
        """;

    private const string Default = """
        AND EXISTS (SELECT 1 FROM chat_services s JOIN accounts a ON a.sid = s.account_sid WHERE s.sid = $5
            AND s.default_conversation_role_sid = $8
        """;

    private const string Participants = """
        INSERT INTO participants (sid, account_sid, active_binding, address, attributes, binding_level, binding_name,
            binding_type, chat_service_sid, conversation_closed, conversation_sid, date_created, date_updated, identity,
            last_read_message_index, last_read_timestamp, notification_level, pending, projected_address, proxy_address,
            role_sid, user_sid)
        SELECT $6, $4,
        """;

    /// <summary>
    /// Parameters: conversation, new participants, those of them without identity, account, service, SID, time, role;
    /// then identity, user, role of the user.
    /// </summary>
    public const string CreateChat = $"""
        WITH reserved AS ({Reserve} {Default} AND s.default_chat_service_role_sid = $11 FOR SHARE OF s)
            RETURNING sid),
        joined AS (
            INSERT INTO users (sid, account_sid, attributes, chat_service_sid, conversation_count, date_created,
                date_updated, friendly_name, identity, role_sid)
            SELECT $10, $4, '{"{}"}', $5, 1, $7, $7, NULL, $9, $11 FROM reserved)
        {Participants} NULL, NULL, '{"{}"}', NULL, NULL, NULL, $5, false, $1, $7, $7, $9, NULL, NULL,
            'default', false, NULL, NULL, $8, $10
        FROM reserved
        """;

    /// <summary>The same, then address, proxy address, binding type, pair.</summary>
    public const string CreateBound = $"""
        WITH reserved AS ({Reserve} {Default} FOR SHARE OF s) RETURNING sid)
        {Participants} $12, $9, '{"{}"}', NULL, NULL, $11, $5, false, $1, $7, $7, NULL, NULL, NULL,
            'default', false, NULL, $10, $8, NULL
        FROM reserved
        """;

    private const string Named = """
        FROM conversations AS c
        WHERE c.account_sid = $1 AND c.chat_service_sid = (SELECT a.default_chat_service_sid FROM accounts AS a WHERE
            a.sid = $1 LIMIT 1) AND c.sid = $2
        LIMIT 1
        """;

    /// <summary>Parameters: account, conversation, page size plus one.</summary>
    public const string NewestMessages = $"""
        SELECT m.sid, m.account_sid, m.attributes, m.author, m.body, m.chat_service_sid, m.content_sid,
            m.conversation_sid, m.date_created, m.date_updated, m.index, m.media, m.media_sid, m.participant_sid,
            m.subject, m.delivered_count, m.failed_count, m.read_count, m.receipt_count, m.sent_count,
            m.undelivered_count
        FROM messages AS m
        WHERE m.conversation_sid = (SELECT c.sid {Named})
        ORDER BY m.index DESC
        LIMIT $3
        """;

    /// <summary>Parameters: account, conversation, author.</summary>
    public const string CheckMessage = $"""
        SELECT c.sid, c.state, c.inactive_timer, c.closed_timer, c.attributes, c.messaging_service_sid,
            COALESCE((SELECT p.sid FROM participants AS p WHERE p.conversation_sid = c.sid AND p.identity = $3 LIMIT 1),
            (SELECT p0.sid FROM participants AS p0 WHERE p0.conversation_sid = c.sid AND (p0.address = $3 OR
                p0.projected_address = $3) ORDER BY CASE WHEN p0.address = $3 THEN 0 ELSE 1 END, p0.sid LIMIT 1))
        {Named}
        """;

    /// <summary>Parameter: conversation.</summary>
    public const string TakeIndex = """
        UPDATE conversations SET next_message_index = next_message_index + 1
        WHERE sid = $1 AND state = 'active' AND COALESCE(inactive_timer, '') = '' AND COALESCE(closed_timer, '') = ''
        RETURNING next_message_index - 1
        """;

    /// <summary>Parameters: SID, account, service, conversation, index, author, body, time.</summary>
    public const string InsertMessage = """
        INSERT INTO messages (sid, account_sid, attributes, author, body, chat_service_sid, content_sid,
            conversation_sid, date_created, date_updated, index, media, media_sid, participant_sid, subject,
            delivered_count, failed_count, read_count, receipt_count, sent_count, undelivered_count)
        VALUES ($1, $2, '{}', $6, $7, $3, NULL, $4, $8, $8, $5, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0)
        """;

    /// <summary>Parameters: account, identity, page size plus one.</summary>
    public const string ConversationsOfIdentity = """
        SELECT p.sid, p.account_sid, p.active_binding, p.address, p.attributes, p.binding_level, p.binding_name,
            p.binding_type, p.chat_service_sid, p.conversation_closed, p.conversation_sid, p.date_created,
            p.date_updated, p.identity, p.last_read_message_index, p.last_read_timestamp, p.notification_level,
            p.projected_address, p.proxy_address, p.role_sid, p.user_sid, c0.sid, c0.account_sid, c0.attributes,
            c0.chat_service_sid, c0.closed_timer, c0.date_closed, c0.date_created, c0.date_inactive, c0.date_updated,
            c0.email_address, c0.email_name, c0.friendly_name, c0.group_count, c0.group_key, c0.group_set,
            c0.inactive_timer, c0.messaging_service_sid, c0.next_message_index, c0.non_chat_count,
            c0.participant_count, c0.state, c0.unique_name
        FROM participants AS p
        INNER JOIN conversations AS c0 ON p.conversation_sid = c0.sid
        WHERE p.user_sid IS NOT NULL AND p.user_sid = (
            SELECT u.sid FROM users AS u WHERE u.chat_service_sid = (
                SELECT c.sid FROM chat_services AS c WHERE c.account_sid = $1 AND c.sid = (
                    SELECT a.default_chat_service_sid FROM accounts AS a WHERE a.sid = $1 LIMIT 1)
                LIMIT 1) AND u.identity = $2
            LIMIT 1)
        ORDER BY p.conversation_sid, p.sid
        LIMIT $3
        """;
}
