SELECT EXISTS (
    SELECT 1
    FROM "messages" AS "m"
    WHERE "m"."account_sid" = @account AND "m"."chat_service_sid" = (
        SELECT "a"."default_chat_service_sid"
        FROM "accounts" AS "a"
        WHERE "a"."sid" = @account
        LIMIT 1) AND "m"."conversation_sid" = COALESCE(NULL, (
        SELECT "c0"."sid"
        FROM "conversations" AS "c0"
        WHERE "c0"."chat_service_sid" = (
            SELECT "a0"."default_chat_service_sid"
            FROM "accounts" AS "a0"
            WHERE "a0"."sid" = @account
            LIMIT 1) AND "c0"."unique_name" = @uniqueName
        LIMIT 1)) AND "m"."sid" = @message)
