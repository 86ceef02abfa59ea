SELECT "p"."sid", "p"."account_sid", "p"."active_binding", "p"."address", "p"."attributes", "p"."binding_level", "p"."binding_name", "p"."binding_type", "p"."chat_service_sid", "p"."conversation_closed", "p"."conversation_sid", "p"."date_created", "p"."date_updated", "p"."identity", "p"."last_read_message_index", "p"."last_read_timestamp", "p"."notification_level", "p"."pending", "p"."projected_address", "p"."proxy_address", "p"."role_sid", "p"."user_sid", (
    SELECT MIN("p1"."sid")
    FROM (
        SELECT "p0"."sid"
        FROM "participants" AS "p0"
        WHERE "p0"."account_sid" = @account AND "p0"."chat_service_sid" = (
            SELECT "a0"."default_chat_service_sid"
            FROM "accounts" AS "a0"
            WHERE "a0"."sid" = @account
            LIMIT 1) AND "p0"."conversation_sid" = @conversation AND NOT ("p0"."pending") AND (NOT ("p0"."conversation_closed") OR (
            SELECT "u0"."sid"
            FROM "users" AS "u0"
            WHERE "u0"."sid" = "p0"."user_sid" AND "u0"."account_sid" = ''
            LIMIT 1) IS NULL) AND "p0"."sid" < @start
        ORDER BY "p0"."sid" DESC
        LIMIT @size
    ) AS "p1")
FROM "participants" AS "p"
WHERE "p"."account_sid" = @account AND "p"."chat_service_sid" = (
    SELECT "a"."default_chat_service_sid"
    FROM "accounts" AS "a"
    WHERE "a"."sid" = @account
    LIMIT 1) AND "p"."conversation_sid" = @conversation AND NOT ("p"."pending") AND (NOT ("p"."conversation_closed") OR (
    SELECT "u"."sid"
    FROM "users" AS "u"
    WHERE "u"."sid" = "p"."user_sid" AND "u"."account_sid" = ''
    LIMIT 1) IS NULL) AND "p"."sid" >= @start
ORDER BY "p"."sid"
LIMIT @count
