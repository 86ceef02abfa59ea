SELECT "m"."sid", "m"."account_sid", "m"."attributes", "m"."author", "m"."body", "m"."chat_service_sid", "m"."content_sid", "m"."conversation_sid", "m"."date_created", "m"."date_updated", "m"."index", "m"."media_sid", "m"."participant_sid", "m"."subject", (
    SELECT MIN("m1"."index")
    FROM (
        SELECT "m0"."index"
        FROM "messages" AS "m0"
        WHERE "m0"."account_sid" = @account AND "m0"."chat_service_sid" = (
            SELECT "a0"."default_chat_service_sid"
            FROM "accounts" AS "a0"
            WHERE "a0"."sid" = @account
            LIMIT 1) AND "m0"."conversation_sid" = @conversation AND "m0"."index" < @start
        ORDER BY "m0"."index" DESC
        LIMIT @size
    ) AS "m1")
FROM "messages" AS "m"
WHERE "m"."account_sid" = @account AND "m"."chat_service_sid" = (
    SELECT "a"."default_chat_service_sid"
    FROM "accounts" AS "a"
    WHERE "a"."sid" = @account
    LIMIT 1) AND "m"."conversation_sid" = @conversation AND "m"."index" >= @start
ORDER BY "m"."index"
LIMIT @count
