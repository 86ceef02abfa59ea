SELECT r.sid, r.account_sid, r.channel_message_sid, r.chat_service_sid, r.conversation_sid, r.date_created, r.date_updated, r.error_code, r.message_sid, r.next_step, r.outcome, r.participant_sid, r.status
FROM receipts AS r
WHERE r.account_sid = @account AND r.chat_service_sid = (
    SELECT a.default_chat_service_sid
    FROM accounts AS a
    WHERE a.sid = @account
    LIMIT 1) AND r.conversation_sid = @conversation AND r.message_sid = @message AND r.sid = @sid
