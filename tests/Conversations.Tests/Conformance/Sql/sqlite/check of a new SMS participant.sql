SELECT "c"."sid", "c"."account_sid", "c"."attributes", "c"."chat_service_sid", "c"."closed_timer", "c"."date_closed", "c"."date_created", "c"."date_inactive", "c"."date_updated", "c"."email_address", "c"."email_name", "c"."friendly_name", "c"."group_count", "c"."group_key", "c"."group_set", "c"."inactive_timer", "c"."messaging_service_sid", "c"."next_message_index", "c"."non_chat_count", "c"."participant_count", "c"."state", "c"."unique_name", "c1"."default_conversation_role_sid", "c1"."default_chat_service_role_sid", EXISTS (
    SELECT 1
    FROM "roles" AS "r"
    WHERE "r"."sid" = @role AND "r"."chat_service_sid" = "c"."chat_service_sid" AND "r"."type" = 'conversation'), EXISTS (
    SELECT 1
    FROM "participants" AS "p"
    WHERE "p"."conversation_sid" = "c"."sid" AND "p"."identity" = @identity), (
    SELECT "p0"."conversation_sid"
    FROM "participants" AS "p0"
    WHERE "p0"."account_sid" = "c"."account_sid" AND "p0"."active_binding" = @pair
    LIMIT 1), (
    SELECT "u"."sid"
    FROM "users" AS "u"
    WHERE "u"."chat_service_sid" = "c"."chat_service_sid" AND "u"."identity" = @identity
    LIMIT 1), COALESCE((
    SELECT "u0"."conversation_count"
    FROM "users" AS "u0"
    WHERE "u0"."chat_service_sid" = "c"."chat_service_sid" AND "u0"."identity" = @identity
    LIMIT 1), 0)
FROM "conversations" AS "c"
INNER JOIN "chat_services" AS "c1" ON "c"."chat_service_sid" = "c1"."sid"
WHERE "c"."account_sid" = @account AND "c"."chat_service_sid" = @service AND EXISTS (
    SELECT 1
    FROM "chat_services" AS "c0"
    WHERE "c0"."sid" = @service AND "c0"."account_sid" = @account) AND "c"."unique_name" = @uniqueName
