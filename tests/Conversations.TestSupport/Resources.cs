using System.Text.Json;

namespace Conversations.TestSupport;

/// <summary>
/// The resources of the API, in an order in which their rows can be made. The tests of every resource (official names,
/// lists, tenancy, credentials, retention, cost of a read, fuzzer) run over this table: a new resource is a new row here.
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

    /// <summary>
    /// The parameters that name resources which this server does not have, with the prefixes of their SIDs.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ForeignSidParameters { get; } =
        new Dictionary<string, string>
        {
            ["DefaultMessagingServiceSid"] = "MG",
            ["MessagingServiceSid"] = "MG",
            ["Configuration.FlowSid"] = "FW",
        };

    /// <summary>The resource with that <see cref="ApiResource.Path"/>.</summary>
    public static ApiResource At(string path) =>
        Find(path) ?? throw new ArgumentException($"The table {nameof(Resources)} has no row for {path}.");

    /// <summary>What the parameters of a path stand for, from left to right.</summary>
    /// <param name="template">From /v1 on, as the OpenAPI documents have it.</param>
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

    // Without what comes before the resources of either shape.
    private static string Bare(string template) =>
        template[(template.StartsWith(InService, StringComparison.Ordinal) ? InService : "/v1/").Length..];

    private static ApiResource? Find(string path) => Rows.Find(resource => resource.Path == path);

    private static ApiResource Add(ApiResource resource)
    {
        Rows.Add(resource);
        return resource;
    }
}

/// <summary>One resource, as far as the tests of every resource have to know it.</summary>
/// <param name="Path">
/// The path of its list below /v1 and below /v1/Services/{ChatServiceSid}, with the official names of its parameters; of
/// itself when there is only one.
/// </param>
public sealed record ApiResource(string Path)
{
    /// <summary>Null when there is only one, without a SID of its own.</summary>
    public string? SidPrefix { get; init; }

    public IReadOnlyList<Shape> Shapes { get; init; } = Enum.GetValues<Shape>();

    /// <summary>The form parameter whose value stands for the SID in a path; null for none.</summary>
    public string? NameParameter { get; init; }

    /// <summary>The parameters, of whatever operation, that take the SID of a row.</summary>
    public IReadOnlyList<string> SidParameters { get; init; } = [];

    /// <summary>
    /// Forms that create a row each, all below the same parents: the first with all that a row can have, others of another
    /// kind. For what there is only one of, a form that changes it.
    /// </summary>
    public required Func<Sample, (string Name, string Value)[][]> Forms { get; init; }

    /// <summary>The member that holds the rows of a page.</summary>
    public string ListKey => JsonNamingPolicy.CamelCase.ConvertName(Path[(Path.LastIndexOf('/') + 1)..]);

    /// <summary>The rows that a list can have.</summary>
    public int Capacity { get; init; } = int.MaxValue;

    /// <summary>The rows of a page when PageSize is not given.</summary>
    public int DefaultPageSize { get; init; } = 50;

    /// <summary>The rows of a page at most.</summary>
    public int MaxPageSize { get; init; } = 1000;

    /// <summary>Where its rows are stored; null when they hold nothing personal.</summary>
    public string? Table { get; init; }

    /// <summary>The columns in which the texts of a <see cref="Sample"/> end up, sorted.</summary>
    public IReadOnlyList<string> PersonalColumns { get; init; } = [];

    /// <summary>Whether a row goes when one of the other resource is deleted: it is below that, or it is the same.</summary>
    public bool GoesWith(ApiResource other) =>
        this == other
        || Path.StartsWith($"{other.Path}/", StringComparison.Ordinal)
        || (other == Resources.Services && Shapes.Contains(Shape.Service));

    public bool Equals(ApiResource? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Path;
}

/// <summary>What the values of a <see cref="ApiResource.Forms">form</see> are made of.</summary>
/// <param name="Name">Names a row in a path.</param>
/// <param name="Text">Is in all other texts. Letters, digits and hyphens, which need no escape in URLs and addresses.</param>
/// <param name="Phone">
/// With the proxy address of the forms, a pair that no other open conversation of the account may hold.
/// </param>
public sealed record Sample(string Name, string Text, string Phone = "+15552000001")
{
    public string Json => $"\"{Text}\"";

    public string Email => $"{Text}@example.com";

    /// <summary>Where webhooks go.</summary>
    public string Url { get; init; } = $"http://127.0.0.1:9/{Text}";

    /// <summary>The events of an account or a service that go there.</summary>
    public IReadOnlyList<string> Filters { get; init; } = ["onUserAdded"];
}
