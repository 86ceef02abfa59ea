namespace Conversations.Api.Errors;

/// <summary>
/// Every error that this server answers: HTTP status, Twilio's code, Twilio's text. A text is the recorded one if a
/// recording exists. Otherwise it is the title in Twilio's error dictionary
/// (https://www.twilio.com/docs/api/errors/CODE) without the product prefix and the full stop; all recordings follow
/// that rule. A status marked "guess" is documented nowhere.
/// </summary>
public static partial class TwilioErrors
{
    public static readonly TwilioError InvalidPageSize = new(400, 20001, "Invalid page size"); // Text: guess.
    public static readonly TwilioError InvalidPage = new(400, 20001, "Invalid page"); // Text: guess.
    public static readonly TwilioError InvalidPageToken = new(400, 20001, "Invalid page token"); // Text: guess.
    public static readonly TwilioError NegativePageToken = new(
        400,
        19038,
        "Page token must be bigger than or equal to 0"
    ); // Status: guess.

    // Text: guess.
    public static readonly TwilioError InvalidStartDate = new(400, 20001, "Invalid StartDate parameter");

    public static readonly TwilioError InvalidEndDate = new(400, 20001, "Invalid EndDate parameter"); // Text: guess.
    public static readonly TwilioError InvalidReachabilityEnabled = new(
        400,
        20001,
        "Invalid ReachabilityEnabled parameter"
    ); // Text: guess.
    public static readonly TwilioError MalformedRequest = new(400, 20001, "Malformed request"); // Code and text: guess.

    // Code and text: guess.
    public static readonly TwilioError RequestTooLarge = new(413, 20001, "Request body too large");

    public static readonly TwilioError Authenticate = new(401, 20003, "Authenticate");
    public static readonly TwilioError HostNotAllowed = new(
        403,
        20403,
        "Forbidden: the Host of the request is not among AllowedHosts"
    ); // Of this server: Twilio's has one host.
    public static readonly TwilioError OriginNotAllowed = new(
        403,
        20403,
        "Forbidden: with the built-in account only pages of this machine may call, and of hosts among AllowedHosts"
    ); // Of this server: Twilio's has no built-in account.
    public static readonly TwilioError MethodNotAllowed = new(405, 20004, "Method not allowed");
    public static readonly TwilioError Conflict = new(409, 20409, "Conflict");
    public static readonly TwilioError TooManyRequests = new(429, 20429, "Too Many Requests");
    public static readonly TwilioError InternalServerError = new(500, 20500, "Internal Server Error");
    public static readonly TwilioError ServiceUnavailable = new(503, 20503, "Service unavailable");

    // Attributes and dates
    public static readonly TwilioError AttributesTooLong = new(400, 50303, "Attributes too long");
    public static readonly TwilioError AttributesNotJson = new(400, 50304, "Attributes not valid JSON");
    public static readonly TwilioError InvalidDateCreated = new(400, 50308, "Invalid Date Created parameter");
    public static readonly TwilioError InvalidDateUpdated = new(400, 50309, "Invalid Date Updated parameter");

    /// <param name="path">The requested path without <c>/v1</c> and without the query, as Twilio prints it.</param>
    public static TwilioError NotFound(string path) =>
        new(404, 20404, $"The requested resource {path} was not found")
        {
            LogText = "The requested resource was not found", // Paths contain identities and names.
        };

    public static TwilioError MissingParameter(string name) =>
        new(400, 20001, $"Missing required parameter {name} in the post body");
}
