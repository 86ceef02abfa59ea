using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using System.Xml.XPath;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>
/// Registers the OpenAPI documents: Swashbuckle describes the API, and the filters of this folder correct it.
/// </summary>
public static partial class OpenApiRegistration
{
    private const string SecurityScheme = "accountSid_authToken";

    private const string SecurityDescription =
        "Username: the Account SID (AC…), or the SID of an API key (SK…). "
        + "Password: the account's auth token, or the key's secret.";

    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) =>
        services.AddSwaggerGen(Configure).AddSingleton<OpenApiDocuments>();

    /// <summary>Describes Basic credentials, which every operation needs.</summary>
    public static void AddBasicCredentials(this SwaggerGenOptions options)
    {
        options.AddSecurityDefinition(
            SecurityScheme,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = SecurityDescription,
            }
        );
        options.AddSecurityRequirement(document => new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [],
        });
    }

    private static void Configure(SwaggerGenOptions options)
    {
        foreach (var (name, info) in OpenApiDocuments.All)
        {
            options.SwaggerDoc(name, info);
        }

        options.DocInclusionPredicate(OpenApiDocuments.Has);
        options.CustomOperationIds(description =>
            OpenApiDocuments.OperationId(description.ActionDescriptor, description.RelativePath!)
        );
        options.TagActionsBy(description => [OpenApiTags.Of(description).Name]);
        options.DocumentFilter<OpenApiTags>();
        options.IncludeXmlComments(XmlComments);
        options.SupportNonNullableReferenceTypes();
        options.AddBasicCredentials();
        options.SchemaFilter<OpenApiSchemas>();
        options.OperationFilter<OpenApiParameters>();
        options.OperationFilter<OpenApiForms>();
        options.OperationFilter<OpenApiLimits>();
        options.OperationFilter<OpenApiErrors>();
        options.OperationFilter<OpenApiAnswers>();
    }

    // A line break in a comment is no line break in a description.
    private static XPathDocument XmlComments()
    {
        var assembly = Assembly.GetExecutingAssembly().GetName().Name;
        var comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly}.xml"));
        foreach (var text in comments.DescendantNodes().OfType<XText>())
        {
            text.Value = LineBreak().Replace(text.Value, " ");
        }

        return new(comments.CreateReader());
    }

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex LineBreak();
}
