using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Conversations.Tests.Conformance;

/// <summary>
/// The served OpenAPI document, compared with Twilio's in every name, and with the needs of Swagger UI.
/// </summary>
public sealed class OpenApiTests
{
    public static TheoryData<string> IntendedIds => [.. OfficialOperation.Intended.Select(operation => operation.Id)];

    [Fact]
    public async Task The_document_is_valid_OpenAPI()
    {
        var (_, diagnostic) = await ReadAsync();

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
    }

    [Fact]
    public async Task The_served_operations_are_exactly_those_of_the_intended_resources()
    {
        var served = await ServedAsync();

        Assert.Equal(
            OfficialOperation
                .Intended.Select(official => $"{official.Method} {official.Path} {official.Id}")
                .Order(StringComparer.Ordinal),
            served
                .Select(operation => $"{operation.Method} {operation.Path} {operation.Id}")
                .Order(StringComparer.Ordinal)
        );
    }

    // The other tests compare the intended operations one by one, so no other operation may be missing among them.
    [Fact]
    public void Only_operations_of_these_resources_are_not_intended() =>
        Assert.Equal(
            [
                "/v1/Configuration/Addresses",
                "/v1/Configuration/Addresses/{Sid}",
                "/v1/Credentials",
                "/v1/Credentials/{Sid}",
                "/v1/Services/{ChatServiceSid}/Bindings",
                "/v1/Services/{ChatServiceSid}/Bindings/{Sid}",
                "/v1/Services/{ChatServiceSid}/Configuration/Notifications",
            ],
            OfficialOperation
                .All.Except(OfficialOperation.Intended)
                .Select(operation => operation.Path)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    [Theory, MemberData(nameof(IntendedIds))]
    public async Task An_operation_has_the_official_names(string id)
    {
        var official = OfficialOperation.Intended.Single(operation => operation.Id == id);
        var served = (await ServedAsync()).Single(operation => operation.Id == id);

        Assert.Equal(
            Sorted(official.Parameters),
            Sorted(served.Parameters.Select(parameter => $"{parameter.In} {parameter.Name}"))
        );
        Assert.Equal(
            Sorted(official.Required ?? []),
            Sorted(
                served
                    .Parameters.Where(parameter => parameter is { In: "form", IsRequired: true })
                    .Select(parameter => parameter.Name)
            )
        );
        Assert.Equal(
            official.Status,
            served.Responses.Where(response => response.Status < 300).Select(response => response.Status)
        );
        Assert.Equal(
            Sorted(official.Members),
            Sorted(
                MembersOf(
                    served.Responses[0].Schema,
                    optional: served.Path.Contains("{ChatServiceSid}", StringComparison.Ordinal)
                )
            )
        );
    }

    [Theory, MemberData(nameof(IntendedIds))]
    public async Task A_parameter_has_the_official_type_and_only_official_values(string id)
    {
        var official = OfficialOperation.Intended.Single(operation => operation.Id == id);
        var served = (await ServedAsync()).Single(operation => operation.Id == id);

        Assert.All(
            served.Parameters,
            parameter =>
            {
                var type =
                    parameter.Schema.Format == "date-time"
                        ? parameter.Schema.Format
                        : parameter.Schema.Type!.Value.ToIdentifiers().Single();
                var values = parameter.Schema.Enum?.Select(value => value.GetValue<string>()).ToHashSet() ?? [];
                var officialValues = official.Values?.GetValueOrDefault(parameter.Name)?.ToHashSet() ?? [];

                Assert.Equal(official.Types?.GetValueOrDefault(parameter.Name) ?? "string", type);
                Assert.Equal(officialValues.Count > 0, values.Count > 0);
                Assert.Subset(officialValues, values);
            }
        );
    }

    [Fact]
    public async Task Every_operation_and_every_parameter_has_a_description()
    {
        var served = await ServedAsync();

        Assert.Empty(
            served.Where(operation => string.IsNullOrEmpty(operation.Summary)).Select(operation => operation.Id)
        );
        Assert.Empty(
            from operation in served
            from parameter in operation.Parameters
            where string.IsNullOrEmpty(parameter.Description)
            select $"{operation.Id} {parameter.Name}"
        );
    }

    [Fact]
    public async Task Every_path_parameter_is_required() =>
        Assert.All(
            (await ServedAsync())
                .SelectMany(operation => operation.Parameters)
                .Where(parameter => parameter.In == "path"),
            parameter => Assert.True(parameter.IsRequired)
        );

    // Swagger UI fills its forms with the examples and sends them.
    [Fact]
    public async Task Only_required_form_parameters_have_an_example() =>
        Assert.All(
            (await ServedAsync())
                .SelectMany(operation => operation.Parameters)
                .Where(parameter => parameter.In == "form"),
#pragma warning disable CS0618 // OpenAPI 3.0 has only one example.
            parameter => Assert.Equal(parameter.IsRequired, parameter.Schema.Example is not null)
        );
#pragma warning restore CS0618

    [Fact]
    public async Task Every_answer_with_a_body_has_an_example()
    {
        var (document, _) = await ReadAsync();

        Assert.All(
            document!
                .Paths.SelectMany(path => path.Value.Operations!.Values)
                .SelectMany(operation => operation.Responses!.Values)
                .SelectMany(response => response.Content?.Values ?? []),
            content => Assert.NotNull(content.Example)
        );
    }

    [Theory]
    [InlineData("v1-default-service", false)]
    [InlineData("v1-any-service", true)]
    public async Task A_view_has_the_operations_of_one_route_shape_unchanged(string name, bool namesService)
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using var http = new HttpClient { BaseAddress = server.Address };
        var whole = JsonNode.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!;
        var view = JsonNode.Parse(await http.GetStringAsync($"/swagger/{name}/swagger.json"))!;

        var paths = whole["paths"]!
            .AsObject()
            .Where(path => path.Key.Contains("{ChatServiceSid}", StringComparison.Ordinal) == namesService)
            .ToDictionary(path => path.Key, path => path.Value!.ToJsonString());
        Assert.Equal(
            paths,
            view["paths"]!.AsObject().ToDictionary(path => path.Key, path => path.Value!.ToJsonString())
        );
        Assert.All(
            view["components"]!["schemas"]!.AsObject(),
            schema =>
                Assert.True(JsonNode.DeepEquals(whole["components"]!["schemas"]![schema.Key], schema.Value), schema.Key)
        );
    }

    [Fact]
    public async Task Descriptions_address_users_of_the_API()
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using var http = new HttpClient { BaseAddress = server.Address };
        var document = JsonNode.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"))!;

        var descriptions = DescriptionsOf(document).ToList();

        Assert.NotEmpty(descriptions);
        Assert.All(
            descriptions,
            text =>
                Assert.DoesNotMatch(
                    "(?i)on the wire|route shape|/… shape|byte for byte|C# and Java|left out|says nothing|kept "
                        + "and shown|\\brows?\\b|controller|cref",
                    text
                )
        );

        static IEnumerable<string> DescriptionsOf(JsonNode? node) =>
            node switch
            {
                JsonObject members => members.SelectMany(member =>
                    member is { Key: "description" or "summary", Value: JsonValue text }
                        ? [text.GetValue<string>()]
                        : DescriptionsOf(member.Value)
                ),
                JsonArray items => items.SelectMany(DescriptionsOf),
                _ => [],
            };
    }

    [Fact]
    public async Task The_document_is_generated_once_and_sent_only_to_clients_without_a_current_copy()
    {
        using var server = TestServer.With(("TrustedProxies:0", "127.0.0.1"), ("TrustedProxies:1", "::1"));
        using var http = new HttpClient { BaseAddress = server.Address };

        using var first = await http.GetAsync("/swagger/v1/swagger.json");
        using HttpRequestMessage again = new(HttpMethod.Get, "/swagger/v1/swagger.json")
        {
            Headers = { IfNoneMatch = { first.Headers.ETag! } },
        };
        using var second = await http.SendAsync(again);
        using HttpRequestMessage below = new(HttpMethod.Get, "/swagger/v1/swagger.json")
        {
            Headers = { { "X-Forwarded-Prefix", "/below" } },
        };
        using var third = await http.SendAsync(below);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotModified], [first.StatusCode, second.StatusCode]);
        Assert.True(first.Headers.CacheControl?.NoCache);
        Assert.Null(JsonNode.Parse(await first.Content.ReadAsStringAsync())!["servers"]);
        Assert.Equal(
            "/below",
            (string?)JsonNode.Parse(await third.Content.ReadAsStringAsync())!["servers"]![0]!["url"]
        );
    }

    [Fact]
    public async Task Forms_are_urlencoded_and_answers_are_JSON()
    {
        var (document, _) = await ReadAsync();
        var operations = document!.Paths.SelectMany(path => path.Value.Operations!.Values).ToList();

        Assert.Equal(
            ["application/x-www-form-urlencoded"],
            operations.SelectMany(operation => operation.RequestBody?.Content?.Keys ?? []).Distinct()
        );
        Assert.Equal(
            ["application/json"],
            operations
                .SelectMany(operation => operation.Responses!.Values)
                .SelectMany(response => response.Content?.Keys ?? [])
                .Distinct()
        );
    }

    [Theory]
    [OnEachStore("text/json")]
    [OnEachStore("application/xml")]
    [OnEachStore("text/html, */*;q=0.1")]
    public async Task Answers_are_JSON_for_every_Accept_header(Store store, string accept)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        twilio.Http.DefaultRequestHeaders.Add("Accept", accept);

        Assert.Equal(
            "application/json",
            (await twilio.GetAsync("Configuration")).Ok().ContentHeaders.ContentType?.ToString()
        );
    }

    [Fact]
    public async Task Every_operation_requires_Basic_credentials()
    {
        var (document, _) = await ReadAsync();

        var scheme = Assert.Single(document!.Components!.SecuritySchemes!).Value;
        Assert.Equal((SecuritySchemeType.Http, "basic"), (scheme.Type, scheme.Scheme));
        var requirement = Assert.Single(Assert.Single(document.Security!));
        Assert.Equal("accountSid_authToken", requirement.Key.Reference.Id);
        Assert.All(
            document.Paths.SelectMany(path => path.Value.Operations!.Values),
            operation => Assert.Null(operation.Security)
        );
    }

    [Fact]
    public async Task Every_operation_documents_its_errors_and_their_schema()
    {
        var served = await ServedAsync();

        Assert.All(
            served,
            operation =>
            {
                var errors = operation.Responses.Where(response => response.Status >= 400).ToList();
                Assert.Subset(errors.Select(error => error.Status).ToHashSet(), new HashSet<int>([400, 401, 500, 503]));
                Assert.Equal(
                    operation.Path.Contains('{', StringComparison.Ordinal),
                    errors.Any(error =>
                        error.Status == 404 && error.Description.StartsWith("- 20404: ", StringComparison.Ordinal)
                    )
                );
                Assert.All(
                    errors,
                    error =>
                        Assert.Equal(
                            ["code", "message", "more_info", "status"],
                            MembersOf(error.Schema, optional: false)
                        )
                );
                Assert.All(errors, error => Assert.Matches(@"^- \d{5}: \w.*(\n- \d{5}: \S.*)*$", error.Description));
            }
        );
    }

    [Fact]
    public async Task Only_these_members_may_be_null()
    {
        var (document, _) = await ReadAsync();

        Assert.Equal(
            [
                "ConfigurationResource.default_closed_timer",
                "ConfigurationResource.default_inactive_timer",
                "ConfigurationWebhookResource.post_webhook_url",
                "ConfigurationWebhookResource.pre_webhook_url",
                "ConversationResource.bindings",
                "ConversationResource.friendly_name",
                "ConversationResource.unique_name",
                "ConversationWithParticipantsResource.bindings",
                "ConversationWithParticipantsResource.friendly_name",
                "ConversationWithParticipantsResource.unique_name",
                "EmailBindingResource.name",
                "EmailBindingResource.projected_address",
                "MediaResource.filename",
                "MessageResource.body",
                "MessageResource.content_sid",
                "MessageResource.delivery",
                "MessageResource.media",
                "MessageResource.participant_sid",
                "PageMeta.next_page_url",
                "PageMeta.previous_page_url",
                "ParticipantBindingResource.address",
                "ParticipantBindingResource.level",
                "ParticipantBindingResource.name",
                "ParticipantBindingResource.projected_address",
                "ParticipantBindingResource.proxy_address",
                "ParticipantConversationResource.conversation_friendly_name",
                "ParticipantConversationResource.conversation_unique_name",
                "ParticipantConversationResource.participant_identity",
                "ParticipantConversationResource.participant_messaging_binding",
                "ParticipantConversationResource.participant_user_sid",
                "ParticipantResource.identity",
                "ParticipantResource.last_read_message_index",
                "ParticipantResource.last_read_timestamp",
                "ParticipantResource.messaging_binding",
                "ReceiptResource.date_updated",
                "ReceiptResource.error_code",
                "ReceiptResource.status",
                "ServiceWebhookConfigurationResource.filters",
                "ServiceWebhookConfigurationResource.method",
                "ServiceWebhookConfigurationResource.post_webhook_url",
                "ServiceWebhookConfigurationResource.pre_webhook_url",
                "UserConversationResource.friendly_name",
                "UserConversationResource.last_read_message_index",
                "UserConversationResource.unique_name",
                "UserConversationResource.unread_messages_count",
                "UserResource.friendly_name",
                "UserResource.is_notifiable",
                "UserResource.is_online",
            ],
            MembersWhere(document!, (_, _, member) => member.Type?.HasFlag(JsonSchemaType.Null) == true)
        );
    }

    [Fact]
    public async Task Only_these_members_may_be_missing()
    {
        var (document, _) = await ReadAsync();

        Assert.Equal(
            [
                "ConversationWebhookResource.chat_service_sid",
                "MessageResource.chat_service_sid",
                "MessagingBindingResource.address",
                "MessagingBindingResource.level",
                "MessagingBindingResource.name",
                "MessagingBindingResource.projected_address",
                "MessagingBindingResource.proxy_address",
                "ParticipantResource.chat_service_sid",
                "ReceiptResource.chat_service_sid",
                "TimersResource.date_closed",
                "TimersResource.date_inactive",
                "WebhookConfigurationResource.filters",
                "WebhookConfigurationResource.flow_sid",
                "WebhookConfigurationResource.method",
                "WebhookConfigurationResource.replay_after",
                "WebhookConfigurationResource.triggers",
                "WebhookConfigurationResource.url",
            ],
            MembersWhere(document!, (schema, name, _) => schema.Required?.Contains(name) != true)
        );
    }

    [Fact]
    public async Task Attributes_are_text()
    {
        var (document, _) = await ReadAsync();

        Assert.Equal(
            [
                "ConversationResource.attributes",
                "ConversationWithParticipantsResource.attributes",
                "MessageResource.attributes",
                "ParticipantResource.attributes",
                "UserConversationResource.attributes",
                "UserResource.attributes",
            ],
            MembersWhere(document!, (_, name, member) => name == "attributes" && member.Type == JsonSchemaType.String)
        );
    }

    private static async Task<ReadResult> ReadAsync()
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        using var http = new HttpClient { BaseAddress = server.Address };
        return OpenApiDocument.Parse(await http.GetStringAsync("/swagger/v1/swagger.json"), "json");
    }

    private static async Task<IReadOnlyList<Operation>> ServedAsync()
    {
        var (document, _) = await ReadAsync();
        return
        [
            .. from path in document!.Paths
            from operation in path.Value.Operations!
            select Operation.Of(path.Key, operation.Key.Method, operation.Value),
        ];
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);

    /// <summary>The names of members as in <see cref="OfficialOperation.Members"/>.</summary>
    /// <param name="optional">Whether to return the members that may be missing.</param>
    private static IEnumerable<string> MembersOf(IOpenApiSchema? schema, bool optional, string prefix = "")
    {
        foreach (var (name, member) in schema?.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (!optional && !schema!.Required!.Contains(name))
            {
                continue;
            }

            // Pages and links are listed member by member; every other object is one name.
            var below =
                name is "meta" or "links" ? MembersOf(member, optional, $"{prefix}{name}.")
                : schema!.Properties!.ContainsKey("meta") && member.Items?.Properties is { Count: > 0 }
                    ? MembersOf(member.Items, optional, $"{prefix}{name}[].")
                : null;
            foreach (var named in name == "links" ? below!.Prepend(prefix + name) : below ?? [prefix + name])
            {
                yield return named;
            }
        }
    }

    private static IEnumerable<string> MembersWhere(
        OpenApiDocument document,
        Func<IOpenApiSchema, string, IOpenApiSchema, bool> condition
    ) =>
        Sorted(
            from schema in document.Components!.Schemas!
            from member in schema.Value.Properties!
            where condition(schema.Value, member.Key, member.Value)
            select $"{schema.Key}.{member.Key}"
        );

    private sealed record Operation(
        string Path,
        string Method,
        string Id,
        string? Summary,
        IReadOnlyList<Parameter> Parameters,
        IReadOnlyList<Response> Responses
    )
    {
        public static Operation Of(string path, string method, OpenApiOperation operation)
        {
            var form = operation.RequestBody?.Content!["application/x-www-form-urlencoded"].Schema;
            return new(
                path,
                method,
                operation.OperationId!,
                operation.Summary,
                [
                    .. (operation.Parameters ?? []).Select(p => new Parameter(
                        p.In!.Value.GetDisplayName(),
                        p.Name!,
                        p.Required,
                        p.Description,
                        p.Schema!
                    )),
                    .. (form?.Properties ?? new Dictionary<string, IOpenApiSchema>()).Select(p => new Parameter(
                        "form",
                        p.Key,
                        form!.Required?.Contains(p.Key) == true,
                        p.Value.Description,
                        p.Value
                    )),
                ],
                [
                    .. operation
                        .Responses!.Select(r => new Response(
                            int.Parse(r.Key, CultureInfo.InvariantCulture),
                            r.Value.Description!,
                            r.Value.Content?.Values.SingleOrDefault()?.Schema
                        ))
                        .OrderBy(response => response.Status),
                ]
            );
        }
    }

    /// <param name="In">path, query, header or form.</param>
    private sealed record Parameter(
        string In,
        string Name,
        bool IsRequired,
        string? Description,
        IOpenApiSchema Schema
    );

    private sealed record Response(int Status, string Description, IOpenApiSchema? Schema);
}
