namespace Conversations.Api.Errors;

/// <summary>
/// Every error that this server answers: HTTP status, Twilio's code, Twilio's text. A text is the recorded one if a
/// recording exists. Otherwise it is the title in Twilio's error dictionary
/// (https://www.twilio.com/docs/api/errors/CODE) without the product prefix and the full stop; all recordings follow
/// that rule. A status marked "guess" is documented nowhere.
/// </summary>
public static class TwilioErrors
{
    // Any resource
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

    // Services
    public static readonly TwilioError FriendlyNameTooLong = new(400, 50003, "Friendly name too long");
    public static readonly TwilioError UniqueNameTooLong = new(400, 50004, "Unique Name too long");

    // For a service that a parameter names. A service in the path is answered with 20404.
    public static readonly TwilioError ServiceNotFound = new(404, 50050, "Service Instance not found");

    public static readonly TwilioError DefaultServiceNotDeletable = new(
        400,
        20001,
        "The default Service can't be deleted"
    ); // Guess.

    // Webhooks
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

    // Roles
    public static readonly TwilioError RoleNotFound = new(400, 50100, "Role not found");
    public static readonly TwilioError PermissionNotFound = new(400, 50104, "Permission not found");
    public static readonly TwilioError InvalidPermission = new(400, 20001, "Invalid Permission parameter"); // Guess.
    public static readonly TwilioError InvalidRoleType = new(400, 50105, "Invalid role type");

    // Status: guess.
    public static readonly TwilioError ConversationRoleNotFound = new(400, 50109, "Conversation role not found");

    // Guess.
    public static readonly TwilioError DefaultRoleNotDeletable = new(400, 20001, "A default Role can't be deleted");

    // Users and identities
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

    // Attributes and dates
    public static readonly TwilioError AttributesTooLong = new(400, 50303, "Attributes too long");
    public static readonly TwilioError AttributesNotJson = new(400, 50304, "Attributes not valid JSON");
    public static readonly TwilioError InvalidDateCreated = new(400, 50308, "Invalid Date Created parameter");
    public static readonly TwilioError InvalidDateUpdated = new(400, 50309, "Invalid Date Updated parameter");

    // Conversations
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

    // Participants
    public static readonly TwilioError InvalidLastReadTimestamp = new(
        400,
        50405,
        "Invalid last consumption timestamp format"
    ); // The dictionary has no newer text for it.
    public static readonly TwilioError InvalidAddress = new(400, 50407, "Invalid messaging binding address");
    public static readonly TwilioError InvalidProxyAddress = new(400, 50408, "Invalid participant proxy address");
    public static readonly TwilioError AddressEqualsProxyAddress = new(
        400,
        50409,
        "Participant address equals proxy address"
    );
    public static readonly TwilioError AddressEmpty = new(400, 50411, "Participant address is empty");
    public static readonly TwilioError ProxyAddressEmpty = new(400, 50412, "Participant proxy address is empty");
    public static readonly TwilioError ProxyAddressNotAuthorized = new(
        400,
        50413,
        "Account is not authorized to use proxy address"
    ); // Status: guess.
    public static readonly TwilioError AddressTypesDiffer = new(
        400,
        50414,
        "Participant address type does not match proxy address type"
    );
    public static readonly TwilioError ProxyAddressNotWhatsApp = new(
        400,
        50415,
        "Proxy address is not WhatsApp enabled sender"
    );

    // Status: guess.
    public static readonly TwilioError ParticipantLimit = new(400, 50417, "Participants limit exceeded");

    public static readonly TwilioError BindingParameterNotSupported = new(
        400,
        50420,
        "Participant Messaging Binding type does not support all of the provided Messaging Binding parameters"
    );

    // Guess.
    public static readonly TwilioError InvalidBindingType = new(400, 20001, "Invalid MessagingBinding.Type parameter");
    public static readonly TwilioError InvalidBindingLevel = new(
        400,
        20001,
        "Invalid MessagingBinding.Level parameter"
    ); // Guess.

    // Guess.
    public static readonly TwilioError InvalidBindingName = new(400, 20001, "Invalid MessagingBinding.Name parameter");
    public static readonly TwilioError InvalidLastReadMessageIndex = new(
        400,
        50421,
        "Invalid last read message index format"
    );
    public static readonly TwilioError NonChatParticipantLimit = new(
        400,
        50422,
        "Non-chat conversation participants limit exceeded"
    ); // Status: guess.
    public static readonly TwilioError ParticipantExists = new(409, 50433, "Participant already exists");
    public static readonly TwilioError ProjectedAddressNotProvided = new(
        400,
        50434,
        "Participant projected address not provided"
    );
    public static readonly TwilioError GroupActivationFailed = new(400, 50435, "Group MMS activation failed");
    public static readonly TwilioError GroupLimit = new(
        400,
        50436,
        "Participant limit exceeded for group conversation"
    ); // Status: guess.

    // Status: guess.
    public static readonly TwilioError GroupParticipantExists = new(409, 50437, "Group Participant already exists");

    public static readonly TwilioError ProjectedAddressNotAuthorized = new(
        400,
        50439,
        "Account is not authorized to use the projected address"
    );
    public static readonly TwilioError ProxyAddressNotRemovable = new(
        400,
        50440,
        "Failed to remove the proxy address of a participant"
    );
    public static readonly TwilioError ProxyAddressNotAddable = new(
        400,
        50441,
        "Failed to add a proxy address to a participant"
    );
    public static readonly TwilioError ProjectedAddressNotRemovable = new(
        400,
        50442,
        "Failed to remove the projected address of a participant"
    );
    public static readonly TwilioError ProjectedAddressNotAddable = new(
        400,
        50443,
        "Failed to add a projected address to a participant"
    );
    public static readonly TwilioError IdentityNotAddable = new(
        400,
        50444,
        "Failed to add an identity to a participant"
    );
    public static readonly TwilioError ProxyAddressNotSupported = new(
        400,
        50453,
        "Proxy Address of participant is not supported for this channel"
    );

    // Messages. The statuses are guesses, except that of 50513.
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

    /// <param name="path">The requested path without <c>/v1</c> and without the query, as Twilio prints it.</param>
    public static TwilioError NotFound(string path) =>
        new(404, 20404, $"The requested resource {path} was not found")
        {
            LogText = "The requested resource was not found", // Paths contain identities and names.
        };

    public static TwilioError MissingParameter(string name) =>
        new(400, 20001, $"Missing required parameter {name} in the post body");

    /// <param name="conversationSid">The conversation that holds the pair. Clients read the SID from the text.</param>
    public static TwilioError BindingInUse(string conversationSid) =>
        new(
            409,
            50416,
            $"A binding for this participant and proxy address already exists in Conversation {conversationSid}"
        );

    /// <param name="conversationSid">
    /// The conversation that has the same set. Clients read the last 34 characters of the text. Status: guess.
    /// </param>
    public static TwilioError GroupExists(string conversationSid) =>
        new(409, 50438, $"Group MMS with given participant list already exists as Conversation {conversationSid}");
}
