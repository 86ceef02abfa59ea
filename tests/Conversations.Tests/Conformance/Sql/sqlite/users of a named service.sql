SELECT "u"."sid", "u"."account_sid", "u"."attributes", "u"."chat_service_sid", "u"."conversation_count", "u"."date_created", "u"."date_updated", "u"."friendly_name", "u"."identity", "u"."role_sid"
FROM "users" AS "u"
WHERE "u"."account_sid" = @account AND "u"."chat_service_sid" = @service AND EXISTS (
    SELECT 1
    FROM "chat_services" AS "c"
    WHERE "c"."sid" = @service AND "c"."account_sid" = @account)
ORDER BY "u"."sid"
LIMIT @count
