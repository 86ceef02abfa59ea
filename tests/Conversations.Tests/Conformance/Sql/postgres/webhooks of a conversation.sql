SELECT c.sid, c.account_sid, c.chat_service_sid, c.configuration_url, c.conversation_sid, c.date_created, c.date_updated, c.filters, c.flow_sid, c.method, c.replay_after, c.target, c.triggers
FROM conversation_webhooks AS c
WHERE c.account_sid = @account AND c.chat_service_sid = (
    SELECT a.default_chat_service_sid
    FROM accounts AS a
    WHERE a.sid = @account
    LIMIT 1) AND c.conversation_sid = @conversation
ORDER BY c.sid
LIMIT @count
