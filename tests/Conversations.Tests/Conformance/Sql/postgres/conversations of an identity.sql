SELECT p.sid, p.account_sid, p.active_binding, p.address, p.attributes, p.binding_level, p.binding_name, p.binding_type, p.chat_service_sid, p.conversation_closed, p.conversation_sid, p.date_created, p.date_updated, p.identity, p.last_read_message_index, p.last_read_timestamp, p.notification_level, p.pending, p.projected_address, p.proxy_address, p.role_sid, p.user_sid, c0.sid, c0.account_sid, c0.attributes, c0.chat_service_sid, c0.closed_timer, c0.date_closed, c0.date_created, c0.date_inactive, c0.date_updated, c0.email_address, c0.email_name, c0.friendly_name, c0.group_count, c0.group_key, c0.group_set, c0.inactive_timer, c0.messaging_service_sid, c0.next_message_index, c0.non_chat_count, c0.participant_count, c0.state, c0.unique_name
FROM participants AS p
INNER JOIN conversations AS c0 ON p.conversation_sid = c0.sid
WHERE p.user_sid IS NOT NULL AND p.user_sid = (
    SELECT u.sid
    FROM users AS u
    WHERE u.chat_service_sid = (
        SELECT c.sid
        FROM chat_services AS c
        WHERE c.account_sid = @account AND c.sid = (
            SELECT a.default_chat_service_sid
            FROM accounts AS a
            WHERE a.sid = @account
            LIMIT 1)
        LIMIT 1) AND u.identity = @filter
    LIMIT 1) AND NOT (p.pending)
ORDER BY p.conversation_sid, p.sid
LIMIT @count
