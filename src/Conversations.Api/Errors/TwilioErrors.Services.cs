namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
    public static readonly TwilioError FriendlyNameTooLong = new(400, 50003, "Friendly name too long");
    public static readonly TwilioError UniqueNameTooLong = new(400, 50004, "Unique Name too long");

    // For a service that a parameter names. A service in the path is answered with 20404.
    public static readonly TwilioError ServiceNotFound = new(404, 50050, "Service Instance not found");

    public static readonly TwilioError DefaultServiceNotDeletable = new(
        400,
        20001,
        "The default Service can't be deleted"
    ); // Guess.
}
