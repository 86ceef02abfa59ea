namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
    public static readonly TwilioError InvalidWebhookUrl = new(400, 50054, "Invalid webhook format");
    public static readonly TwilioError InvalidWebhookFilter = new(400, 20001, "Invalid Filters parameter"); // Guess.
    public static readonly TwilioError InvalidWebhookMethod = new(400, 50055, "Invalid webhook method");

    // Text: recorded. Status: guess.
    public static readonly TwilioError WebhookCancelled = new(403, 50056, "Webhook cancelled processing of command");

    public static readonly TwilioError InvalidWebhookTarget = new(400, 20001, "Invalid Target parameter"); // Guess.
    public static readonly TwilioError WebhookLimit = new(400, 50361, "Too many conversation webhooks");
    public static readonly TwilioError ConversationWebhookTriggerLimit = new(
        400,
        50362,
        "Too many conversation webhook triggers"
    );
    public static readonly TwilioError InvalidConversationWebhookType = new(
        400,
        50364,
        "Invalid conversation webhook type"
    );
    public static readonly TwilioError InvalidConversationWebhookFilter = new(
        400,
        50365,
        "Invalid conversation webhook filter"
    );
    public static readonly TwilioError InvalidConversationWebhookTrigger = new(
        400,
        50366,
        "Invalid conversation webhook trigger"
    );
    public static readonly TwilioError InvalidConversationWebhookFlowSid = new(
        400,
        50367,
        "Invalid conversation webhook flow SID"
    );
    public static readonly TwilioError ConversationWebhookUrlNotProvided = new(
        400,
        50369,
        "Conversation webhook URL not provided"
    );
    public static readonly TwilioError ConversationWebhookFilterNotProvided = new(
        400,
        50370,
        "Conversation webhook filter not provided"
    );
    public static readonly TwilioError ConversationWebhookTriggerNotProvided = new(
        400,
        50371,
        "Conversation webhook trigger not provided"
    );
    public static readonly TwilioError ConversationWebhookUrlTooLong = new(
        400,
        50372,
        "Conversation webhook URL is too long"
    );
    public static readonly TwilioError InvalidReplayAfter = new(
        400,
        20001,
        "Invalid Configuration.ReplayAfter parameter"
    ); // Guess.
}
