SELECT "m"."sid", "m"."account_sid", "m"."attributes", "m"."author", "m"."body", "m"."chat_service_sid", "m"."content_sid", "m"."conversation_sid", "m"."date_created", "m"."date_updated", "m"."delivered_count", "m"."failed_count", "m"."index", "m"."media", "m"."media_sid", "m"."participant_sid", "m"."read_count", "m"."receipt_count", "m"."sent_count", "m"."subject", "m"."undelivered_count", (
    SELECT MAX("m1"."index")
    FROM (
        SELECT "m0"."index"
        FROM "messages" AS "m0"
        WHERE "m0"."conversation_sid" = (
            SELECT "c0"."sid"
            FROM "conversations" AS "c0"
            WHERE "c0"."account_sid" = @account AND "c0"."chat_service_sid" = (
                SELECT "a0"."default_chat_service_sid"
                FROM "accounts" AS "a0"
                WHERE "a0"."sid" = @account
                LIMIT 1) AND "c0"."unique_name" = @uniqueName
            LIMIT 1) AND "m0"."index" > @start
        ORDER BY "m0"."index"
        LIMIT @size
    ) AS "m1")
FROM "messages" AS "m"
WHERE "m"."conversation_sid" = (
    SELECT "c"."sid"
    FROM "conversations" AS "c"
    WHERE "c"."account_sid" = @account AND "c"."chat_service_sid" = (
        SELECT "a"."default_chat_service_sid"
        FROM "accounts" AS "a"
        WHERE "a"."sid" = @account
        LIMIT 1) AND "c"."unique_name" = @uniqueName
    LIMIT 1) AND "m"."index" <= @start
ORDER BY "m"."index" DESC
LIMIT @count
