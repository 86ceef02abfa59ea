SELECT "c"."sid", "c"."account_sid", "c"."date_created", "c"."date_updated", "c"."default_chat_service_role_sid", "c"."default_conversation_creator_role_sid", "c"."default_conversation_role_sid", "c"."friendly_name", "c"."reachability_enabled"
FROM "chat_services" AS "c"
WHERE "c"."account_sid" = @account
ORDER BY "c"."sid"
LIMIT @count
