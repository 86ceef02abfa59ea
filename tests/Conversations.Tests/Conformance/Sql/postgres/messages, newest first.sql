SELECT m.sid, m.account_sid, m.attributes, m.author, m.body, m.chat_service_sid, m.content_sid, m.conversation_sid, m.date_created, m.date_updated, m.delivered_count, m.failed_count, m.index, m.media, m.media_sid, m.participant_sid, m.read_count, m.receipt_count, m.sent_count, m.subject, m.undelivered_count
FROM messages AS m
WHERE m.conversation_sid = (
    SELECT c.sid
    FROM conversations AS c
    WHERE c.account_sid = @account AND c.chat_service_sid = (
        SELECT a.default_chat_service_sid
        FROM accounts AS a
        WHERE a.sid = @account
        LIMIT 1) AND c.sid = @conversation
    LIMIT 1)
ORDER BY m.index DESC
LIMIT @count
