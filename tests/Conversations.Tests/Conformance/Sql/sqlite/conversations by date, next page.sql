SELECT "c"."sid", "c"."account_sid", "c"."attributes", "c"."chat_service_sid", "c"."closed_timer", "c"."date_closed", "c"."date_created", "c"."date_inactive", "c"."date_updated", "c"."email_address", "c"."email_name", "c"."friendly_name", "c"."group_count", "c"."group_key", "c"."group_set", "c"."inactive_timer", "c"."messaging_service_sid", "c"."next_message_index", "c"."non_chat_count", "c"."participant_count", "c"."state", "c"."unique_name", (
    SELECT "c0"."sid"
    FROM (
        SELECT * FROM conversations WHERE (date_created, sid) > (@p2, @p3)
    ) AS "c0"
    WHERE "c0"."account_sid" = @accountSid8 AND "c0"."chat_service_sid" = (
        SELECT "a0"."default_chat_service_sid"
        FROM "accounts" AS "a0"
        WHERE "a0"."sid" = @accountSid8
        LIMIT 1) AND "c0"."date_created" >= @from11 AND "c0"."date_created" < @until12
    ORDER BY "c0"."date_created", "c0"."sid"
    LIMIT 1), (
    SELECT "c1"."date_created"
    FROM (
        SELECT * FROM conversations WHERE (date_created, sid) > (@p4, @p5)
    ) AS "c1"
    WHERE "c1"."account_sid" = @accountSid8 AND "c1"."chat_service_sid" = (
        SELECT "a1"."default_chat_service_sid"
        FROM "accounts" AS "a1"
        WHERE "a1"."sid" = @accountSid8
        LIMIT 1) AND "c1"."date_created" >= @from11 AND "c1"."date_created" < @until12
    ORDER BY "c1"."date_created", "c1"."sid"
    LIMIT 1)
FROM (
    SELECT * FROM conversations WHERE (date_created, sid) <= (@p0, @p1)
) AS "c"
WHERE "c"."account_sid" = @accountSid AND "c"."chat_service_sid" = (
    SELECT "a"."default_chat_service_sid"
    FROM "accounts" AS "a"
    WHERE "a"."sid" = @accountSid
    LIMIT 1) AND "c"."date_created" >= @from AND "c"."date_created" < @until
ORDER BY "c"."date_created" DESC, "c"."sid" DESC
LIMIT @p6
