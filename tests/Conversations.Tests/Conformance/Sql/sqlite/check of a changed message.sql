SELECT "m0"."sid", "m0"."account_sid", "m0"."attributes", "m0"."author", "m0"."body", "m0"."chat_service_sid", "m0"."content_sid", "m0"."conversation_sid", "m0"."date_created", "m0"."date_updated", "m0"."delivered_count", "m0"."failed_count", "m0"."index", "m0"."media", "m0"."media_sid", "m0"."participant_sid", "m0"."read_count", "m0"."receipt_count", "m0"."sent_count", "m0"."subject", "m0"."undelivered_count", "c"."sid", "c"."account_sid", "c"."attributes", "c"."chat_service_sid", "c"."closed_timer", "c"."date_closed", "c"."date_created", "c"."date_inactive", "c"."date_updated", "c"."email_address", "c"."email_name", "c"."friendly_name", "c"."group_count", "c"."group_key", "c"."group_set", "c"."inactive_timer", "c"."messaging_service_sid", "c"."next_message_index", "c"."non_chat_count", "c"."participant_count", "c"."state", "c"."unique_name"
FROM "conversations" AS "c"
INNER JOIN (
    SELECT "m"."sid", "m"."account_sid", "m"."attributes", "m"."author", "m"."body", "m"."chat_service_sid", "m"."content_sid", "m"."conversation_sid", "m"."date_created", "m"."date_updated", "m"."delivered_count", "m"."failed_count", "m"."index", "m"."media", "m"."media_sid", "m"."participant_sid", "m"."read_count", "m"."receipt_count", "m"."sent_count", "m"."subject", "m"."undelivered_count"
    FROM "messages" AS "m"
    WHERE "m"."sid" = @sid
) AS "m0" ON "c"."sid" = "m0"."conversation_sid"
WHERE "c"."account_sid" = @account AND "c"."chat_service_sid" = (
    SELECT "a"."default_chat_service_sid"
    FROM "accounts" AS "a"
    WHERE "a"."sid" = @account
    LIMIT 1) AND "c"."sid" = @conversation
LIMIT 1
