SELECT EXISTS (
    SELECT 1
    FROM "messages" AS "m"
    WHERE "m"."account_sid" = @account AND "m"."chat_service_sid" = (
        SELECT "a"."default_chat_service_sid"
        FROM "accounts" AS "a"
        WHERE "a"."sid" = @account
        LIMIT 1) AND "m"."conversation_sid" = @conversation AND "m"."sid" = @message)
