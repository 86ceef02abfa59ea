namespace Conversations.Api.Errors;

public static partial class TwilioErrors
{
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
