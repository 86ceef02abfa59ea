using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.Http;

/// <summary>The API's description: the official operation ids and names, every error an operation answers, Basic auth.</summary>
public static class OpenApi
{
    private const string SecurityScheme = "accountSid_authToken";

    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) => services.AddSwaggerGen(options =>
    {
        options.SwaggerDoc("v1", new OpenApiInfo
        {
            Title = "Conversations",
            Version = "v1",
            Description = "An open, self-hosted server for Twilio's Conversations Participant API. Authorize with an AccountSid and its AuthToken, or with an API key and its secret.",
        });
        options.CustomOperationIds(OperationId);
        options.TagActionsBy(description => [ResourceOf(description).Resource]);
        options.IncludeXmlComments(Assembly.GetExecutingAssembly());
        options.SupportNonNullableReferenceTypes();
        options.AddSecurityDefinition(SecurityScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic" });
        options.AddSecurityRequirement(document => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [] });
        options.OperationFilter<TwilioOperation>();
    });

    /// <summary>Official ids: the verb, Service in the longer route shape, the resource.</summary>
    private static string OperationId(ApiDescription description)
    {
        var shape = ResourceOf(description) is ServiceScopedAttribute && description.RelativePath!.Contains("{ChatServiceSid}", StringComparison.Ordinal) ? "Service" : "";
        return $"{description.ActionDescriptor.RouteValues["action"]}{shape}{ResourceOf(description).Resource}";
    }

    private static ResourceAttribute ResourceOf(ApiDescription description) => description.ActionDescriptor.EndpointMetadata.OfType<ResourceAttribute>().Single();

    private sealed class TwilioOperation : IOperationFilter
    {
        private static readonly string[] Always =
        [
            nameof(TwilioErrors.Authenticate), nameof(TwilioErrors.MalformedRequest), nameof(TwilioErrors.InternalServerError), nameof(TwilioErrors.ServiceUnavailable),
        ];

        private static readonly string[] Lists = [nameof(TwilioErrors.InvalidPageSize), nameof(TwilioErrors.InvalidPage), nameof(TwilioErrors.InvalidPageToken)];

        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var isForm = operation.RequestBody?.Content is { Count: > 0 };
            if (isForm)
            {
                var body = operation.RequestBody!.Content!.First().Value;
                foreach (var name in context.ApiDescription.ParameterDescriptions.Where(IsUndocumented).Select(parameter => parameter.Name))
                {
                    body.Schema!.Properties!.Remove(name);
                }

                operation.RequestBody = new OpenApiRequestBody { Content = new Dictionary<string, OpenApiMediaType> { ["application/x-www-form-urlencoded"] = body } };
            }

            if (context.MethodInfo.GetCustomAttribute<FiresWebhooksAttribute>() is not null)
            {
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = "X-Twilio-Webhook-Enabled",
                    In = ParameterLocation.Header,
                    Description = "The X-Twilio-Webhook-Enabled HTTP request header",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("true"), JsonValue.Create("false")] },
                });
            }

            string[] own = [.. context.MethodInfo.GetCustomAttribute<ErrorsAttribute>()?.Names ?? []];
            string[] byKind =
            [
                .. context.ApiDescription.RelativePath!.Contains('{', StringComparison.Ordinal) ? [nameof(TwilioErrors.NotFound)] : Array.Empty<string>(),
                .. context.MethodInfo.Name == "List" ? Lists : [],
                .. isForm ? [nameof(TwilioErrors.RequestTooLarge)] : Array.Empty<string>(),
            ];
            var schema = context.SchemaGenerator.GenerateSchema(typeof(TwilioErrorResource), context.SchemaRepository);
            foreach (var errors in Always.Concat(byKind).Concat(own).Select(Error).GroupBy(error => error.Status).OrderBy(group => group.Key))
            {
                (operation.Responses ??= [])[$"{errors.Key}"] = new OpenApiResponse
                {
                    Description = string.Join("\n", errors.OrderBy(error => error.Code).Select(error => $"- {error.Code}: {error.Message}")),
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
                };
            }
        }

        private static bool IsUndocumented(ApiParameterDescription parameter)
            => (parameter.ModelMetadata as DefaultModelMetadata)?.Attributes.PropertyAttributes?.OfType<UndocumentedAttribute>().Any() == true;

        // A member that takes the path, parameter or SID its text names shows that as a placeholder.
        private static TwilioError Error(string name) => typeof(TwilioErrors).GetMember(name).Single() switch
        {
            FieldInfo field => (TwilioError)field.GetValue(null)!,
            MethodInfo method => (TwilioError)method.Invoke(null, [.. method.GetParameters().Select(parameter => $"{{{parameter.Name}}}")])!,
            var member => throw new InvalidOperationException($"{member} is no error."),
        };
    }
}
