using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>The API's description: the official operation ids and names, every error an operation answers, Basic auth.</summary>
public static class OpenApiRegistration
{
    private const string SecurityScheme = "accountSid_authToken";

    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) =>
        services
            .AddSwaggerGen(options =>
            {
                foreach (var (name, info) in OpenApiDocuments.All)
                {
                    options.SwaggerDoc(name, info);
                }

                options.DocInclusionPredicate(OpenApiDocuments.Has);
                options.CustomOperationIds(OperationId);
                options.TagActionsBy(description => [OpenApiTags.Of(ResourceOf(description).Resource)]);
                options.DocumentFilter<OpenApiTags>();
                options.IncludeXmlComments(Assembly.GetExecutingAssembly());
                options.SupportNonNullableReferenceTypes();
                options.AddSecurityDefinition(
                    SecurityScheme,
                    new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "basic",
                        Description =
                            "Username: the Account SID (AC…), or the SID of an API key (SK…). Password: the account's auth token, or the key's secret.",
                    }
                );
                options.AddSecurityRequirement(document => new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [],
                });
                options.SchemaFilter<TwilioSchema>();
                options.OperationFilter<TwilioOperation>();
                options.OperationFilter<OpenApiExamples>();
            })
            .AddSingleton<OpenApiDocuments>();

    internal static ResourceAttribute ResourceOf(ApiDescription description) =>
        description.ActionDescriptor.EndpointMetadata.OfType<ResourceAttribute>().Single();

    internal static IEnumerable<OpenApiParameter> PathParametersOf(OpenApiOperation operation) =>
        (operation.Parameters ?? [])
            .OfType<OpenApiParameter>()
            .Where(parameter => parameter.In == ParameterLocation.Path);

    /// <param name="value">Of a list one item.</param>
    internal static JsonNode ExampleOf(IOpenApiSchema schema, string value) =>
        schema.Type == JsonSchemaType.Array ? new JsonArray(JsonValue.Create(value)) : JsonValue.Create(value);

    /// <summary>Official ids: the verb, Service in the longer route shape, the resource.</summary>
    private static string OperationId(ApiDescription description)
    {
        var shape =
            ResourceOf(description) is ServiceScopedAttribute
            && description.RelativePath!.Contains("{ChatServiceSid}", StringComparison.Ordinal)
                ? "Service"
                : "";
        return $"{description.ActionDescriptor.RouteValues["action"]}{shape}{ResourceOf(description).Resource}";
    }

    private sealed class TwilioSchema : ISchemaFilter
    {
        public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
        {
            if (schema is not OpenApiSchema own)
            {
                return;
            }

            if (context.MemberInfo?.GetCustomAttribute<DocumentedAttribute>() is { } documented)
            {
                Describe(own, documented);
            }
            else if (context.MemberInfo is null && own.Properties is { Count: > 0 } members)
            {
                DescribeMembers(own, members, context);
            }
        }

        private static void Describe(OpenApiSchema schema, DocumentedAttribute documented)
        {
            var type = documented.Type switch
            {
                "integer" => JsonSchemaType.Integer,
                "boolean" => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            };
            schema.Type = schema.Type == JsonSchemaType.Array ? schema.Type : type;
            schema.Format = documented.Type == "date-time" ? documented.Type : schema.Format;
            schema.Enum = documented.Values?.Select(value => (JsonNode)JsonValue.Create(value)).ToList();
            schema.Examples = documented.Example is { } example ? [ExampleOf(schema, example)] : null;
        }

        // Every member is always there, null or not, but for those that are left out when they say nothing: these are never null.
        private static void DescribeMembers(
            OpenApiSchema schema,
            IDictionary<string, IOpenApiSchema> members,
            SchemaFilterContext context
        )
        {
            schema.Required = members.Keys.ToHashSet();
            foreach (var property in context.Type.GetProperties())
            {
                var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
                var isLeftOut =
                    property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition
                    == JsonIgnoreCondition.WhenWritingNull;
                if (isLeftOut)
                {
                    schema.Required.Remove(name);
                }

                // OpenAPI 3.0 can't say that a reference may be null, only that what it refers to may.
                if (isLeftOut && members[name] is OpenApiSchema member)
                {
                    member.Type &= ~JsonSchemaType.Null;
                }
                else if (
                    !isLeftOut
                    && members[name] is OpenApiSchemaReference reference
                    && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable
                )
                {
                    ((OpenApiSchema)context.SchemaRepository.Schemas[reference.Reference.Id!]).Type |=
                        JsonSchemaType.Null;
                }
            }
        }
    }

    private sealed class TwilioOperation : IOperationFilter
    {
        private static readonly string[] Always =
        [
            nameof(TwilioErrors.Authenticate),
            nameof(TwilioErrors.MalformedRequest),
            nameof(TwilioErrors.TooManyRequests),
            nameof(TwilioErrors.InternalServerError),
            nameof(TwilioErrors.ServiceUnavailable),
        ];

        private static readonly string[] Lists =
        [
            nameof(TwilioErrors.InvalidPageSize),
            nameof(TwilioErrors.InvalidPage),
            nameof(TwilioErrors.InvalidPageToken),
        ];

        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            foreach (var parameter in PathParametersOf(operation))
            {
                parameter.Description = DescriptionOf(parameter.Name!, ResourceOf(context.ApiDescription).Resource);
            }

            var webhooks = context.MethodInfo.GetCustomAttribute<FiresWebhooksAttribute>();
            if (webhooks is not null)
            {
                (operation.Parameters ??= []).Add(WebhookHeader);
            }

            var isForm = operation.RequestBody?.Content is { Count: > 0 };
            if (isForm)
            {
                operation.RequestBody = Form(operation.RequestBody!.Content!.First().Value, context.ApiDescription);
            }

            string[] own = [.. context.MethodInfo.GetCustomAttribute<ErrorsAttribute>()?.Names ?? []];
            string[] byKind =
            [
                .. context.ApiDescription.RelativePath!.Contains('{', StringComparison.Ordinal)
                    ? [nameof(TwilioErrors.NotFound)]
                    : Array.Empty<string>(),
                .. context.MethodInfo.Name == "List" ? Lists : [],
                .. webhooks is { Asks: true } ? [nameof(TwilioErrors.WebhookCancelled)] : Array.Empty<string>(),
                .. isForm ? [nameof(TwilioErrors.RequestTooLarge)] : Array.Empty<string>(),
                .. context.ApiDescription.HttpMethod != "GET" ? [nameof(TwilioErrors.Conflict)] : Array.Empty<string>(),
            ];
            var schema = context.SchemaGenerator.GenerateSchema(typeof(TwilioErrorResource), context.SchemaRepository);
            foreach (
                var errors in Always
                    .Concat(byKind)
                    .Concat(own)
                    .Select(Error)
                    .GroupBy(error => error.Status)
                    .OrderBy(group => group.Key)
            )
            {
                (operation.Responses ??= [])[$"{errors.Key}"] = new OpenApiResponse
                {
                    Description = string.Join(
                        "\n",
                        errors.OrderBy(error => error.Code).Select(error => $"- {error.Code}: {error.Message}")
                    ),
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/json"] = new()
                        {
                            Schema = schema,
                            Example = ExampleOf(errors, own, context.ApiDescription),
                        },
                    },
                };
            }
        }

        // One of the operation's own errors if there is one with that status.
        private static JsonNode? ExampleOf(IEnumerable<TwilioError> errors, string[] own, ApiDescription description)
        {
            var ownErrors = own.Select(Error).ToHashSet();
            var (status, code, message) = errors
                .OrderByDescending(error => ownErrors.Contains(error))
                .ThenBy(error => error.Message.Contains('{', StringComparison.Ordinal))
                .First();
            var path = OpenApiExamples.PathOf(description)["/v1".Length..];
            var error = new TwilioError(status, code, message.Replace("{path}", path, StringComparison.Ordinal));
            return JsonSerializer.SerializeToNode(error.Resource, TwilioJson.Options);
        }

        private static OpenApiParameter WebhookHeader =>
            new()
            {
                Name = "X-Twilio-Webhook-Enabled",
                In = ParameterLocation.Header,
                Description = "true sends the events of this request to the webhooks. Without it no webhook is called.",
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = [JsonValue.Create("true"), JsonValue.Create("false")],
                },
            };

        private static string DescriptionOf(string pathParameter, string resource) =>
            (pathParameter, resource) switch
            {
                ("ChatServiceSid", _) or (_, "Service") => "The SID of the Conversation Service.",
                ("ConversationSid", _) or (_, "Conversation") => "The SID or the unique name of the conversation.",
                (_, "ConversationParticipant") => "The SID or the identity of the participant.",
                (_, "User") => "The SID or the identity of the user.",
                (_, "Role") => "The SID of the role.",
                (_, "ConversationScopedWebhook") => "The SID of the webhook.",
                _ => throw new InvalidOperationException($"{pathParameter} of {resource} needs a description."),
            };

        // Twilio's forms are urlencoded; multipart, which the framework reads too, is nothing to advertise.
        private static OpenApiRequestBody Form(OpenApiMediaType form, ApiDescription description)
        {
            var schema = (OpenApiSchema)form.Schema!;
            var parameters = schema.Properties!;
            foreach (
                var parameter in description.ParameterDescriptions.Where(parameter =>
                    AttributeOf<UndocumentedAttribute>(parameter) is not null
                )
            )
            {
                parameters.Remove(parameter.Name);
            }

            schema.Required = description
                .ParameterDescriptions.Where(parameter =>
                    AttributeOf<DocumentedAttribute>(parameter) is { Required: true }
                )
                .Select(parameter => parameter.Name)
                .ToHashSet();

            // Of text Swagger UI would make parameters of its own: Attributes={"a":1} would go out as a=1.
            form.Encoding = parameters
                .Where(parameter => parameter.Value.Type == JsonSchemaType.Array)
                .ToDictionary(
                    parameter => parameter.Key,
                    _ => new OpenApiEncoding { Style = ParameterStyle.Form, Explode = true }
                );
            return new()
            {
                Required = schema.Required.Count > 0,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/x-www-form-urlencoded"] = form },
            };
        }

        private static T? AttributeOf<T>(ApiParameterDescription parameter)
            where T : Attribute =>
            (parameter.ModelMetadata as DefaultModelMetadata)
                ?.Attributes.PropertyAttributes?.OfType<T>()
                .SingleOrDefault();

        // A member that takes the path, parameter or SID its text names shows that as a placeholder.
        private static TwilioError Error(string name) =>
            typeof(TwilioErrors).GetMember(name).Single() switch
            {
                FieldInfo field => (TwilioError)field.GetValue(null)!,
                MethodInfo method => (TwilioError)
                    method.Invoke(null, [.. method.GetParameters().Select(parameter => $"{{{parameter.Name}}}")])!,
                var member => throw new InvalidOperationException($"{member} is no error."),
            };
    }
}
