SELECT EXISTS (
    SELECT 1
    FROM chat_services AS c
    WHERE c.account_sid = @account AND c.sid = (
        SELECT c0.sid
        FROM chat_services AS c0
        WHERE c0.sid = @service AND c0.account_sid = @account
        LIMIT 1))
