namespace Conversations.TestSupport;

/// <summary>
/// The resources of the API, in an order in which their rows can be created. The tests of every resource (official
/// names, lists, tenancy, credentials, retention, cost of a read, fuzzer) run over this table: a new resource is a new
/// row here.
/// </summary>
public static class Resources
{
    private static readonly List<ApiResource> Rows = [];

    public static IReadOnlyList<ApiResource> All => Rows;

    public static ApiResource Services { get; } =
        Add(
            new("Services")
            {
                SidPrefix = "IS",
                Shapes = [Shape.Default],
                SidParameters = ["DefaultChatServiceSid"],
                Forms = sample =>
                    [
                        [("FriendlyName", sample.Text)],
                    ],
                Table = "chat_services",
                PersonalColumns = ["friendly_name"],
            }
        );

    public static ApiResource Configuration { get; } =
        Add(
            new("Configuration")
            {
                Forms = _ =>
                    [
                        [("ReachabilityEnabled", "true")],
                    ],
            }
        );

    public static ApiResource WebhookSettings { get; } =
        Add(
            new("Configuration/Webhooks")
            {
                Forms = sample =>
                    [
                        [
                            ("PreWebhookUrl", sample.Url),
                            ("PostWebhookUrl", sample.Url),
                            .. sample.Filters.Select(name => ("Filters", name)),
                        ],
                    ],
                Table = "webhook_settings",
                PersonalColumns = ["post_webhook_url", "pre_webhook_url"],
            }
        );

    public static ApiResource Roles { get; } =
        Add(
            new("Roles")
            {
                SidPrefix = "RL",
                SidParameters =
                [
                    "RoleSid",
                    "DefaultChatServiceRoleSid",
                    "DefaultConversationCreatorRoleSid",
                    "DefaultConversationRoleSid",
                ],
                Forms = sample =>
                    [
                        [("FriendlyName", sample.Text), ("Type", "conversation"), ("Permission", "sendMessage")],
                        [("FriendlyName", sample.Text), ("Type", "service"), ("Permission", "joinConversation")],
                    ],
                Table = "roles",
                PersonalColumns = ["friendly_name"],
            }
        );

    public static ApiResource Users { get; } =
        Add(
            new("Users")
            {
                SidPrefix = "US",
                NameParameter = "Identity",
                Forms = sample =>
                    [
                        [("Identity", sample.Name), ("FriendlyName", sample.Text), ("Attributes", sample.Json)],
                    ],
                Table = "users",
                PersonalColumns = ["attributes", "friendly_name", "identity"],
            }
        );

    public static ApiResource Conversations { get; } =
        Add(
            new("Conversations")
            {
                SidPrefix = "CH",
                NameParameter = "UniqueName",
                Forms = sample =>
                    [
                        [
                            ("FriendlyName", sample.Text),
                            ("UniqueName", sample.Name),
                            ("Attributes", sample.Json),
                            ("Bindings.Email.Address", sample.Email),
                            ("Bindings.Email.Name", sample.Text),
                        ],
                        [("FriendlyName", sample.Text)],
                    ],
                Table = "conversations",
                PersonalColumns = ["attributes", "email_address", "email_name", "friendly_name", "unique_name"],
            }
        );

    public static ApiResource Participants { get; } =
        Add(
            new("Conversations/{ConversationSid}/Participants")
            {
                SidPrefix = "MB",
                NameParameter = "Identity",
                Forms = sample =>
                    [
                        [("Identity", sample.Name), ("Attributes", sample.Json)],
                        [
                            ("MessagingBinding.Address", sample.Phone),
                            ("MessagingBinding.ProxyAddress", "+15017122661"),
                            ("Attributes", sample.Json),
                        ],
                        [("MessagingBinding.Address", sample.Email), ("MessagingBinding.Name", sample.Text)],
                    ],
                Table = "participants",
                PersonalColumns = ["active_binding", "address", "attributes", "binding_name", "identity"],
            }
        );

    public static ApiResource Messages { get; } =
        Add(
            new("Conversations/{ConversationSid}/Messages")
            {
                SidPrefix = "IM",
                PageKey = ["index"],
                MaxPageSize = 100,
                Forms = sample =>
                    [
                        [
                            ("Author", sample.Text),
                            ("Body", sample.Text),
                            ("Attributes", sample.Json),
                            ("Subject", sample.Text),
                        ],
                        [("MediaSid", sample.MediaSid)],
                        [
                            ("ContentSid", "HX0123456789abcdef0123456789abcdef"),
                            ("ContentVariables", $$"""{"1":{{sample.Json}}}"""),
                        ],
                    ],
                Table = "messages",
                PersonalColumns = ["attributes", "author", "body", "subject"],
            }
        );

    public static ApiResource Receipts { get; } =
        Add(
            new("Conversations/{ConversationSid}/Messages/{MessageSid}/Receipts")
            {
                SidPrefix = "DY",
                IsMadeByServer = true,
                Key = "delivery_receipts",
                MaxPageSize = 50,
                Forms = _ => [],
                Table = "receipts",
            }
        );

    public static ApiResource ConversationWebhooks { get; } =
        Add(
            new("Conversations/{ConversationSid}/Webhooks")
            {
                SidPrefix = "WH",
                Capacity = 5,
                DefaultPageSize = 5,
                Forms = sample =>
                    [
                        [
                            ("Target", "webhook"),
                            ("Configuration.Url", sample.Url),
                            ("Configuration.Filters", "onParticipantAdded"),
                            ("Configuration.Filters", "onConversationRemoved"),
                        ],
                        [
                            ("Target", "trigger"),
                            ("Configuration.Url", sample.Url),
                            ("Configuration.Triggers", sample.Text),
                        ],
                        [("Target", "studio"), ("Configuration.FlowSid", "FW0123456789abcdef0123456789abcdef")],
                    ],
                Table = "conversation_webhooks",
                PersonalColumns = ["configuration_url", "triggers"],
            }
        );

    public static ApiResource ConversationWithParticipants { get; } =
        Add(
            new("ConversationWithParticipants")
            {
                Creates = Conversations,
                Forms = sample =>
                    [
                        [
                            ("FriendlyName", sample.Text),
                            ("UniqueName", $"{sample.Name}-and-erin"),
                            ("Attributes", sample.Json),
                            ("Bindings.Email.Address", sample.Email),
                            ("Bindings.Email.Name", sample.Text),
                            ("Participant", """{"identity": "erin"}"""),
                        ],
                        [
                            (
                                "Participant",
                                $$$"""
                                {"messaging_binding":
                                {"address": "{{{sample.OtherPhone}}}", "proxy_address": "+15017122662"}}
                                """
                            ),
                        ],
                        [("FriendlyName", sample.Text)],
                    ],
            }
        );

    public static ApiResource UserConversations { get; } =
        Add(
            new("Users/{UserSid}/Conversations")
            {
                SidPrefix = "CH",
                SidMember = "conversation_sid",
                NameParameter = "UniqueName",
                ViewOf = Conversations,
                PageKey = ["conversation_sid"],
                MaxPageSize = 50,
                Forms = _ =>
                    [
                        [
                            ("NotificationLevel", "muted"),
                            ("LastReadMessageIndex", "1"),
                            ("LastReadTimestamp", "2020-01-02T03:04:05Z"),
                        ],
                    ],
            }
        );

    public static ApiResource ParticipantConversations { get; } =
        Add(
            new("ParticipantConversations")
            {
                SidPrefix = "CH",
                SidMember = "conversation_sid",
                ViewOf = Conversations,
                HasRowPaths = false,
                FilterParameter = "Identity",
                PageKey = ["conversation_sid", "participant_sid"],
                MaxPageSize = 50,
                Forms = _ => [],
            }
        );

    /// <summary>
    /// The parameters that name resources which this server does not have, with the prefixes of their SIDs.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ForeignSidParameters { get; } =
        new Dictionary<string, string>
        {
            ["DefaultMessagingServiceSid"] = "MG",
            ["MessagingServiceSid"] = "MG",
            ["MediaSid"] = "ME",
            ["ContentSid"] = "HX",
            ["Configuration.FlowSid"] = "FW",
        };

    /// <summary>The resource with that <see cref="ApiResource.Path"/>.</summary>
    public static ApiResource At(string path) =>
        Find(path) ?? throw new ArgumentException($"The table {nameof(Resources)} has no row for {path}.");

    /// <summary>The resources that the parameters of a path stand for, from left to right.</summary>
    /// <param name="template">The path from /v1 on, as in the OpenAPI documents.</param>
    public static IReadOnlyList<ApiResource> NamedIn(string template)
    {
        var segments = template.Split('/');
        return
        [
            .. Enumerable
                .Range(0, segments.Length)
                .Where(i => segments[i].StartsWith('{'))
                .Select(i => At(Bare(string.Join('/', segments[..i])))),
        ];
    }

    /// <summary>
    /// The resource that an operation reads or writes; null when the table has none with that path and shape.
    /// </summary>
    public static ApiResource? Of(string template)
    {
        var path = Bare(template);
        var isRow = path.EndsWith('}');
        var resource = Find(isRow ? path[..path.LastIndexOf('/')] : path);
        var shape = template.StartsWith(InService, StringComparison.Ordinal) ? Shape.Service : Shape.Default;
        return resource?.Shapes.Contains(shape) == true && (resource.SidPrefix is not null || !isRow) ? resource : null;
    }

    private const string InService = "/v1/Services/{ChatServiceSid}/";

    // Removes the part before the resources, in either shape.
    private static string Bare(string template) =>
        template[(template.StartsWith(InService, StringComparison.Ordinal) ? InService : "/v1/").Length..];

    private static ApiResource? Find(string path) => Rows.Find(resource => resource.Path == path);

    private static ApiResource Add(ApiResource resource)
    {
        Rows.Add(resource);
        return resource;
    }
}
