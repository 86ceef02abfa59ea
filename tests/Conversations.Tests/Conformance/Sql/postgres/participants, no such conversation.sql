SELECT EXISTS (
    SELECT 1
    FROM conversations AS c
    WHERE c.account_sid = @account AND c.chat_service_sid = (
        SELECT a.default_chat_service_sid
        FROM accounts AS a
        WHERE a.sid = @account
        LIMIT 1) AND c.unique_name = @uniqueName)
