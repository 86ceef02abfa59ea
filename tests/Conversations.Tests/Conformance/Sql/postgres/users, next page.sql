SELECT u.sid, u.account_sid, u.attributes, u.chat_service_sid, u.conversation_count, u.date_created, u.date_updated, u.friendly_name, u.identity, u.role_sid, (
    SELECT min(u1.sid)
    FROM (
        SELECT u0.sid
        FROM users AS u0
        WHERE u0.account_sid = @account AND u0.chat_service_sid = (
            SELECT a0.default_chat_service_sid
            FROM accounts AS a0
            WHERE a0.sid = @account
            LIMIT 1) AND u0.sid < @start
        ORDER BY u0.sid DESC
        LIMIT @size
    ) AS u1)
FROM users AS u
WHERE u.account_sid = @account AND u.chat_service_sid = (
    SELECT a.default_chat_service_sid
    FROM accounts AS a
    WHERE a.sid = @account
    LIMIT 1) AND u.sid >= @start
ORDER BY u.sid
LIMIT @count
