using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Conversations.Api.Errors;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The catalogue of errors, compared with Twilio's API. Programs for Twilio compare codes and read SIDs from the texts,
/// so every changed letter changes the interface and must be changed here, too.
/// </summary>
public sealed class CatalogueTests
{
    private static readonly (int Status, int Code, string Message)[] Expected =
    [
        // Recorded: published answers of the real API.
        (401, 20003, "Authenticate"),
        (404, 20404, "The requested resource {path} was not found"),
        (400, 20001, "Missing required parameter {name} in the post body"),
        (400, 50204, "Identity not provided"),
        (400, 50304, "Attributes not valid JSON"),
        (409, 50353, "Conversation with provided unique name already exists"),
        (400, 50377, "Can't update conversation as it's in final closed state"),
        (400, 50407, "Invalid messaging binding address"),
        (400, 50513, "Message author should be among Group MMS participants"),
        (
            409,
            50416,
            "A binding for this participant and proxy address already exists in Conversation {conversationSid}"
        ),
        (409, 50433, "Participant already exists"),
        (409, 50438, "Group MMS with given participant list already exists as Conversation {conversationSid}"),
        (400, 50441, "Failed to add a proxy address to a participant"),
        (429, 20429, "Too Many Requests"),
        // Of this server: Twilio's has one host name, and no account whose token is public.
        (403, 20403, "Forbidden: the Host of the request is not among AllowedHosts"),
        (
            403,
            20403,
            "Forbidden: with the built-in account only pages of this machine may call, and of hosts among AllowedHosts"
        ),
        // Documented: the titles of https://www.twilio.com/docs/api/errors/CODE, without product and full stop.
        (405, 20004, "Method not allowed"),
        (409, 20409, "Conflict"),
        (500, 20500, "Internal Server Error"),
        (503, 20503, "Service unavailable"),
        (400, 50003, "Friendly name too long"),
        (400, 50004, "Unique Name too long"),
        (404, 50050, "Service Instance not found"),
        (400, 50054, "Invalid webhook format"),
        (400, 50055, "Invalid webhook method"),
        (403, 50056, "Webhook cancelled processing of command"),
        (409, 50386, "Conversation in 'initializing' state may not be updated or used for message sending"),
        (400, 50424, "One of the JSON requests for participant creation is invalid"),
        (409, 50425, "Participant and proxy address pairs for one or more participants already in use"),
        (400, 50426, "Request contains too many participants"),
        (400, 50210, "Invalid notification level"),
        (400, 50361, "Too many conversation webhooks"),
        (400, 50362, "Too many conversation webhook triggers"),
        (
            400,
            50451,
            "One user identifier parameter for lookup at a time is allowed. Please, use either Identity or Address"
        ),
        (400, 50364, "Invalid conversation webhook type"),
        (400, 50365, "Invalid conversation webhook filter"),
        (400, 50366, "Invalid conversation webhook trigger"),
        (400, 50367, "Invalid conversation webhook flow SID"),
        (400, 50369, "Conversation webhook URL not provided"),
        (400, 50370, "Conversation webhook filter not provided"),
        (400, 50371, "Conversation webhook trigger not provided"),
        (400, 50372, "Conversation webhook URL is too long"),
        (400, 50100, "Role not found"),
        (400, 50104, "Permission not found"),
        (400, 50105, "Invalid role type"),
        (400, 50109, "Conversation role not found"),
        (409, 50201, "User already exists"),
        (400, 50206, "Identity should not match user SID pattern"),
        (400, 50207, "Identity too long"),
        (400, 50211, "Identity parameter not acceptable for this Participant"),
        (400, 50214, "User conversation limit exceeded"),
        (400, 50303, "Attributes too long"),
        (400, 50308, "Invalid Date Created parameter"),
        (400, 50309, "Invalid Date Updated parameter"),
        (400, 50341, "Invalid messaging service SID"),
        (400, 50374, "'State' field can't be empty"),
        (400, 50375, "TimeToInactive should be greater or equal to 1 minute"),
        (400, 50376, "TimeToClosed should be greater or equal to 10 minutes"),
        (400, 50378, "'State' parameter value is invalid"),
        (400, 50379, "TimeToInactive format is invalid"),
        (400, 50380, "TimeToClosed format is invalid"),
        (400, 50384, "Initial state can't be 'closed"),
        (400, 50390, "Unique name should not match conversation sid pattern"),
        (400, 50396, "EndDate must be later than StartDate"),
        (400, 50405, "Invalid last consumption timestamp format"),
        (400, 50408, "Invalid participant proxy address"),
        (400, 50409, "Participant address equals proxy address"),
        (400, 50411, "Participant address is empty"),
        (400, 50412, "Participant proxy address is empty"),
        (400, 50413, "Account is not authorized to use proxy address"),
        (400, 50414, "Participant address type does not match proxy address type"),
        (400, 50415, "Proxy address is not WhatsApp enabled sender"),
        (400, 50417, "Participants limit exceeded"),
        (
            400,
            50420,
            "Participant Messaging Binding type does not support all of the provided Messaging Binding parameters"
        ),
        (400, 50421, "Invalid last read message index format"),
        (400, 50422, "Non-chat conversation participants limit exceeded"),
        (400, 50434, "Participant projected address not provided"),
        (400, 50435, "Group MMS activation failed"),
        (400, 50436, "Participant limit exceeded for group conversation"),
        (409, 50437, "Group Participant already exists"),
        (400, 50439, "Account is not authorized to use the projected address"),
        (400, 50440, "Failed to remove the proxy address of a participant"),
        (400, 50442, "Failed to remove the projected address of a participant"),
        (400, 50443, "Failed to add a projected address to a participant"),
        (400, 50444, "Failed to add an identity to a participant"),
        (400, 19038, "Page token must be bigger than or equal to 0"),
        (429, 50063, "Actions per second limit exceeded"),
        (400, 50310, "Author parameter is too long"),
        (400, 50504, "Message body parameter is too long"),
        (400, 50508, "Media already sent with another message"),
        (404, 50530, "Channel Metadata not found"),
        (400, 50509, "Media message body cannot be updated"),
        (400, 50510, "Invalid message media SID"),
        (400, 50526, "Invalid content SID"),
        (400, 50527, "Invalid content variables format"),
        (400, 50528, "Content SID is missing"),
        (400, 50529, "Content variables are too long"),
        (400, 50540, "Content variable key is too long"),
        (400, 50541, "Content variable value is too long"),
        (400, 50453, "Proxy Address of participant is not supported for this channel"),
        // Guesses: Twilio's code for an invalid parameter, with our own texts.
        (400, 20001, "Invalid page size"),
        (400, 20001, "Invalid page"),
        (400, 20001, "Invalid page token"),
        (400, 20001, "Invalid Subject parameter"),
        (400, 20001, "Invalid Order parameter"),
        (400, 20001, "Invalid StartDate parameter"),
        (400, 20001, "Invalid EndDate parameter"),
        (400, 20001, "Invalid ReachabilityEnabled parameter"),
        (400, 20001, "Invalid Filters parameter"),
        (400, 20001, "Invalid Target parameter"),
        (400, 20001, "Invalid Configuration.ReplayAfter parameter"),
        (400, 20001, "Invalid Permission parameter"),
        (400, 20001, "Invalid Bindings.Email.Address parameter"),
        (400, 20001, "Invalid Bindings.Email.Name parameter"),
        (400, 20001, "Invalid MessagingBinding.Type parameter"),
        (400, 20001, "Invalid MessagingBinding.Level parameter"),
        (400, 20001, "Invalid MessagingBinding.Name parameter"),
        (400, 20001, "Malformed request"),
        (413, 20001, "Request body too large"),
        (400, 20001, "The default Service can't be deleted"),
        (400, 20001, "A default Role can't be deleted"),
    ];

    private static readonly IReadOnlyDictionary<string, TwilioError> Catalogue = typeof(TwilioErrors)
        .GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .ToDictionary(
            member => member.Name,
            member =>
                member switch
                {
                    FieldInfo field => (TwilioError)field.GetValue(null)!,
                    MethodInfo method => (TwilioError)
                        method.Invoke(null, [.. method.GetParameters().Select(parameter => $"{{{parameter.Name}}}")])!,
                    _ => throw new InvalidOperationException($"{member} is not an error."),
                }
        );

    [Fact]
    public void The_catalogue_has_exactly_these_codes_statuses_and_texts() =>
        Assert.Equal(
            Expected.Order().Select(error => $"{error.Status} {error.Code} {error.Message}"),
            Catalogue
                .Values.Select(error => (error.Status, error.Code, error.Message))
                .Order()
                .Select(error => $"{error.Status} {error.Code} {error.Message}")
        );

    [Fact]
    public void A_test_provokes_every_error_of_the_catalogue() => Assert.Empty(Catalogue.Keys.Except(NamesInTests()));

    private static HashSet<string> NamesInTests([CallerFilePath] string path = "")
    {
        var tests = Path.GetDirectoryName(Path.GetDirectoryName(path))!;
        return
        [
            .. from file in Directory.EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories)
            where file != path
            from Match match in Regex.Matches(File.ReadAllText(file), @"\bTwilioErrors\.(\w+)")
            select match.Groups[1].Value,
        ];
    }
}
