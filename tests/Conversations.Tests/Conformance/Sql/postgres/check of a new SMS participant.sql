SELECT c.sid, c.account_sid, c.attributes, c.chat_service_sid, c.closed_timer, c.date_closed, c.date_created, c.date_inactive, c.date_updated, c.email_address, c.email_name, c.friendly_name, c.group_count, c.group_key, c.group_set, c.inactive_timer, c.messaging_service_sid, c.next_message_index, c.non_chat_count, c.participant_count, c.state, c.unique_name, c0.default_conversation_role_sid, c0.default_chat_service_role_sid, TRUE, FALSE, (
    SELECT p0.conversation_sid
    FROM participants AS p0
    WHERE p0.account_sid = c.account_sid AND p0.active_binding = @pair
    LIMIT 1), NULL, 0
FROM conversations AS c
INNER JOIN chat_services AS c0 ON c.chat_service_sid = c0.sid
WHERE c.account_sid = @account AND c.chat_service_sid = @service AND c.unique_name = @uniqueName
LIMIT 1
