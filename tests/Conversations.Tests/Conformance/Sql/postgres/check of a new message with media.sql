SELECT c.sid, c.account_sid, c.attributes, c.chat_service_sid, c.closed_timer, c.date_closed, c.date_created, c.date_inactive, c.date_updated, c.email_address, c.email_name, c.friendly_name, c.group_count, c.group_key, c.group_set, c.inactive_timer, c.messaging_service_sid, c.next_message_index, c.non_chat_count, c.participant_count, c.state, c.unique_name, COALESCE((
    SELECT p.sid
    FROM participants AS p
    WHERE p.conversation_sid = c.sid AND p.identity = @author
    LIMIT 1), (
    SELECT p0.sid
    FROM participants AS p0
    WHERE p0.conversation_sid = c.sid AND (p0.address = @author OR p0.projected_address = @author)
    ORDER BY CASE
        WHEN p0.address = @author THEN 0
        ELSE 1
    END, p0.sid
    LIMIT 1)), EXISTS (
    SELECT 1
    FROM messages AS m
    WHERE m.chat_service_sid = c.chat_service_sid AND m.media_sid = @media)
FROM conversations AS c
WHERE c.account_sid = @account AND c.chat_service_sid = (
    SELECT a.default_chat_service_sid
    FROM accounts AS a
    WHERE a.sid = @account
    LIMIT 1) AND c.unique_name = @uniqueName
