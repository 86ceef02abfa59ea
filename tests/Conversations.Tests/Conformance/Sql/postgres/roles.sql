SELECT r.sid, r.account_sid, r.chat_service_sid, r.date_created, r.date_updated, r.friendly_name, r.permissions, r.replaced_by, r.type
FROM roles AS r
WHERE r.account_sid = @account AND r.chat_service_sid = (
    SELECT a.default_chat_service_sid
    FROM accounts AS a
    WHERE a.sid = @account
    LIMIT 1)
ORDER BY r.sid
LIMIT @count
