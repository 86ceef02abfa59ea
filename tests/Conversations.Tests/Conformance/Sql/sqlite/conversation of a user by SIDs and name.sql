SELECT "p0"."sid", "p0"."account_sid", "p0"."active_binding", "p0"."address", "p0"."attributes", "p0"."binding_level", "p0"."binding_name", "p0"."binding_type", "p0"."chat_service_sid", "p0"."conversation_closed", "p0"."conversation_sid", "p0"."date_created", "p0"."date_updated", "p0"."identity", "p0"."last_read_message_index", "p0"."last_read_timestamp", "p0"."notification_level", "p0"."pending", "p0"."projected_address", "p0"."proxy_address", "p0"."role_sid", "p0"."user_sid", "c"."sid", "c"."account_sid", "c"."attributes", "c"."chat_service_sid", "c"."closed_timer", "c"."date_closed", "c"."date_created", "c"."date_inactive", "c"."date_updated", "c"."email_address", "c"."email_name", "c"."friendly_name", "c"."group_count", "c"."group_key", "c"."group_set", "c"."inactive_timer", "c"."messaging_service_sid", "c"."next_message_index", "c"."non_chat_count", "c"."participant_count", "c"."state", "c"."unique_name", CASE
    WHEN "p0"."last_read_message_index" IS NULL THEN NULL
    ELSE (
        SELECT COUNT(*)
        FROM (
            SELECT 1
            FROM "messages" AS "m"
            WHERE "m"."conversation_sid" = "p0"."conversation_sid" AND "m"."index" > "p0"."last_read_message_index"
            ORDER BY "m"."index"
            LIMIT 1000
        ) AS "m0")
END AS "UnreadMessagesCount"
FROM "conversations" AS "c"
INNER JOIN (
    SELECT "p"."sid", "p"."account_sid", "p"."active_binding", "p"."address", "p"."attributes", "p"."binding_level", "p"."binding_name", "p"."binding_type", "p"."chat_service_sid", "p"."conversation_closed", "p"."conversation_sid", "p"."date_created", "p"."date_updated", "p"."identity", "p"."last_read_message_index", "p"."last_read_timestamp", "p"."notification_level", "p"."pending", "p"."projected_address", "p"."proxy_address", "p"."role_sid", "p"."user_sid"
    FROM "participants" AS "p"
    WHERE (NOT ("p"."conversation_closed") OR (
        SELECT "u"."sid"
        FROM "users" AS "u"
        WHERE "u"."sid" = "p"."user_sid" AND "u"."account_sid" = ''
        LIMIT 1) IS NULL) AND "p"."user_sid" = @user AND NOT ("p"."pending")
) AS "p0" ON "c"."sid" = "p0"."conversation_sid"
WHERE "c"."account_sid" = @account AND "c"."chat_service_sid" = @service AND EXISTS (
    SELECT 1
    FROM "chat_services" AS "c0"
    WHERE "c0"."sid" = @service AND "c0"."account_sid" = @account) AND "c"."unique_name" = @uniqueName
LIMIT 1
