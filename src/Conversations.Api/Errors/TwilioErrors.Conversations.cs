namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
    public static readonly TwilioError InvalidMessagingServiceSid = new(400, 50341, "Invalid messaging service SID");
    public static readonly TwilioError UniqueNameExists = new(
        409,
        50353,
        "Conversation with provided unique name already exists"
    );
    public static readonly TwilioError StateEmpty = new(400, 50374, "'State' field can't be empty");
    public static readonly TwilioError InactiveTimerTooShort = new(
        400,
        50375,
        "TimeToInactive should be greater or equal to 1 minute"
    );
    public static readonly TwilioError ClosedTimerTooShort = new(
        400,
        50376,
        "TimeToClosed should be greater or equal to 10 minutes"
    );
    public static readonly TwilioError ConversationClosed = new(
        400,
        50377,
        "Can't update conversation as it's in final closed state"
    );

    // Status: guess. Handlers in production retry on 409.
    public static readonly TwilioError ConversationInitializing = new(
        409,
        50386,
        "Conversation in 'initializing' state may not be updated or used for message sending"
    );
    public static readonly TwilioError InvalidState = new(400, 50378, "'State' parameter value is invalid");
    public static readonly TwilioError InvalidInactiveTimer = new(400, 50379, "TimeToInactive format is invalid");
    public static readonly TwilioError InvalidClosedTimer = new(400, 50380, "TimeToClosed format is invalid");

    // Guess.
    public static readonly TwilioError InvalidEmailAddress = new(
        400,
        20001,
        "Invalid Bindings.Email.Address parameter"
    );

    // Guess.
    public static readonly TwilioError InvalidEmailName = new(400, 20001, "Invalid Bindings.Email.Name parameter");

    // The dictionary has the unbalanced quote.
    public static readonly TwilioError InitialStateClosed = new(400, 50384, "Initial state can't be 'closed");

    public static readonly TwilioError UniqueNameMatchesSid = new(
        400,
        50390,
        "Unique name should not match conversation sid pattern"
    );

    // Text: guess.
    public static readonly TwilioError EndDateBeforeStartDate = new(400, 50396, "EndDate must be later than StartDate");
}
