SELECT p.sid, p.account_sid, p.active_binding, p.address, p.attributes, p.binding_level, p.binding_name, p.binding_type, p.chat_service_sid, p.conversation_closed, p.conversation_sid, p.date_created, p.date_updated, p.identity, p.last_read_message_index, p.last_read_timestamp, p.notification_level, p.pending, p.projected_address, p.proxy_address, p.role_sid, p.user_sid
FROM participants AS p
WHERE p.account_sid = @account AND p.chat_service_sid = @service AND EXISTS (
    SELECT 1
    FROM chat_services AS c
    WHERE c.sid = @service AND c.account_sid = @account) AND p.conversation_sid = @conversation AND NOT (p.pending) AND (NOT (p.conversation_closed) OR (
    SELECT u.sid
    FROM users AS u
    WHERE u.sid = p.user_sid AND u.account_sid = ''
    LIMIT 1) IS NULL) AND p.sid = @sid
