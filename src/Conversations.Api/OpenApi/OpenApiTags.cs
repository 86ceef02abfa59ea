using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>The document's tags, in the order in which Swagger UI shows them.</summary>
internal sealed class OpenApiTags : IDocumentFilter
{
    public static TagAttribute Of(ApiDescription description) =>
        description.ActionDescriptor.EndpointMetadata.OfType<TagAttribute>().Single();

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) =>
        swaggerDoc.Tags = context
            .ApiDescriptions.Select(Of)
            .DistinctBy(tag => tag.Name)
            .OrderBy(tag => tag.Order)
            .Select(tag => new OpenApiTag
            {
                Name = tag.Name,
                Description = tag.Description,
                ExternalDocs = new() { Description = "Twilio's page", Url = new(tag.Page) },
            })
            .ToHashSet();
}
