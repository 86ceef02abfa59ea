namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
    // The statuses are guesses, except that of 50513.
    public static readonly TwilioError ActionsPerSecond = new(429, 50063, "Actions per second limit exceeded");
    public static readonly TwilioError AuthorTooLong = new(400, 50310, "Author parameter is too long");
    public static readonly TwilioError BodyTooLong = new(400, 50504, "Message body parameter is too long");
    public static readonly TwilioError MediaAlreadySent = new(400, 50508, "Media already sent with another message");
    public static readonly TwilioError MediaBodyNotUpdatable = new(400, 50509, "Media message body cannot be updated");
    public static readonly TwilioError InvalidMediaSid = new(400, 50510, "Invalid message media SID");

    // Status and text: recorded.
    public static readonly TwilioError AuthorNotInGroup = new(
        400,
        50513,
        "Message author should be among Group MMS participants"
    );

    public static readonly TwilioError ChannelMetadataNotFound = new(404, 50530, "Channel Metadata not found");
    public static readonly TwilioError InvalidContentSid = new(400, 50526, "Invalid content SID");
    public static readonly TwilioError InvalidContentVariables = new(400, 50527, "Invalid content variables format");
    public static readonly TwilioError ContentSidMissing = new(400, 50528, "Content SID is missing");
    public static readonly TwilioError ContentVariablesTooLong = new(400, 50529, "Content variables are too long");
    public static readonly TwilioError ContentVariableKeyTooLong = new(400, 50540, "Content variable key is too long");
    public static readonly TwilioError ContentVariableValueTooLong = new(
        400,
        50541,
        "Content variable value is too long"
    );
    public static readonly TwilioError SubjectTooLong = new(400, 20001, "Invalid Subject parameter"); // Guess.
    public static readonly TwilioError InvalidOrder = new(400, 20001, "Invalid Order parameter"); // Guess.
}
