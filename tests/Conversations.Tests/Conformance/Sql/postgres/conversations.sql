SELECT c.sid, c.account_sid, c.attributes, c.chat_service_sid, c.closed_timer, c.date_closed, c.date_created, c.date_inactive, c.date_updated, c.email_address, c.email_name, c.friendly_name, c.group_count, c.group_key, c.group_set, c.inactive_timer, c.messaging_service_sid, c.next_message_index, c.non_chat_count, c.participant_count, c.state, c.unique_name
FROM conversations AS c
WHERE c.account_sid = @account AND c.chat_service_sid = (
    SELECT a.default_chat_service_sid
    FROM accounts AS a
    WHERE a.sid = @account
    LIMIT 1)
ORDER BY c.sid
LIMIT @count
