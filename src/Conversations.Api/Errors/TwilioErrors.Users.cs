namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
    public static readonly TwilioError UserExists = new(409, 50201, "User already exists");
    public static readonly TwilioError IdentityNotProvided = new(400, 50204, "Identity not provided");
    public static readonly TwilioError IdentityMatchesUserSid = new(
        400,
        50206,
        "Identity should not match user SID pattern"
    );
    public static readonly TwilioError IdentityTooLong = new(400, 50207, "Identity too long");
    public static readonly TwilioError IdentityNotAcceptable = new(
        400,
        50211,
        "Identity parameter not acceptable for this Participant"
    );

    // Status: guess.
    public static readonly TwilioError UserConversationLimit = new(400, 50214, "User conversation limit exceeded");
}
