SELECT p.sid, p.account_sid, p.active_binding, p.address, p.attributes, p.binding_level, p.binding_name, p.binding_type, p.chat_service_sid, p.conversation_closed, p.conversation_sid, p.date_created, p.date_updated, p.identity, p.last_read_message_index, p.last_read_timestamp, p.notification_level, p.pending, p.projected_address, p.proxy_address, p.role_sid, p.user_sid, c.sid, c.account_sid, c.attributes, c.chat_service_sid, c.closed_timer, c.date_closed, c.date_created, c.date_inactive, c.date_updated, c.email_address, c.email_name, c.friendly_name, c.group_count, c.group_key, c.group_set, c.inactive_timer, c.messaging_service_sid, c.next_message_index, c.non_chat_count, c.participant_count, c.state, c.unique_name, CASE
    WHEN p.last_read_message_index IS NULL THEN NULL
    ELSE (
        SELECT count(*)::int
        FROM (
            SELECT 1
            FROM messages AS m
            WHERE m.conversation_sid = p.conversation_sid AND m.index > p.last_read_message_index
            ORDER BY m.index
            LIMIT 1000
        ) AS m0)
END
FROM participants AS p
INNER JOIN conversations AS c ON p.conversation_sid = c.sid
WHERE NOT (p.pending) AND p.user_sid IS NOT NULL AND p.user_sid = (
    SELECT u.sid
    FROM users AS u
    WHERE u.account_sid = @account AND u.chat_service_sid = (
        SELECT a.default_chat_service_sid
        FROM accounts AS a
        WHERE a.sid = @account
        LIMIT 1) AND u.identity = @uniqueName
    LIMIT 1)
ORDER BY p.conversation_sid
LIMIT @count
