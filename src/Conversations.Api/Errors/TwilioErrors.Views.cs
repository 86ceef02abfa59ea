namespace Conversations.Api.Errors;

/// <content>The errors of the views of conversations, and of a conversation with its participants.</content>
public static partial class TwilioErrors
{
    // Status: guess.
    public static readonly TwilioError InvalidNotificationLevel = new(400, 50210, "Invalid notification level");

    // Status: guess.
    public static readonly TwilioError InvalidParticipantJson = new(
        400,
        50424,
        "One of the JSON requests for participant creation is invalid"
    );

    public static readonly TwilioError BindingsInUse = new(
        409,
        50425,
        "Participant and proxy address pairs for one or more participants already in use"
    );

    // Status: guess.
    public static readonly TwilioError TooManyParticipants = new(400, 50426, "Request contains too many participants");

    public static readonly TwilioError OneIdentifierAllowed = new(
        400,
        50451,
        "One user identifier parameter for lookup at a time is allowed. Please, use either Identity or Address"
    );
}
