namespace Conversations.Api.Errors;

/// <content>The errors of the views of conversations.</content>
public static partial class TwilioErrors
{
    // Status: guess.
    public static readonly TwilioError InvalidNotificationLevel = new(400, 50210, "Invalid notification level");

    public static readonly TwilioError OneIdentifierAllowed = new(
        400,
        50451,
        "One user identifier parameter for lookup at a time is allowed. Please, use either Identity or Address"
    );
}
