SELECT EXISTS (
    SELECT 1
    FROM chat_services AS c
    WHERE c.account_sid = @account AND c.sid = @service)
