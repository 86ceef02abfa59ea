namespace Conversations.Api.OpenApi;

/// <summary>Serves the documents.</summary>
public static class OpenApiEndpoints
{
    public static void MapOpenApiDocuments(this IEndpointRouteBuilder routes)
    {
        foreach (var (name, _) in OpenApiDocuments.All)
        {
            routes
                .MapGet(
                    $"/swagger/{name}/swagger.json",
                    async (HttpContext context, OpenApiDocuments documents) =>
                    {
                        context.Response.Headers.CacheControl = "no-cache";
                        var pathBase = context.Request.PathBase;
                        var document = await documents.GetAsync(name, pathBase.HasValue ? pathBase.Value : null);
                        return Results.Bytes(document.Json, "application/json;charset=utf-8", entityTag: document.ETag);
                    }
                )
                .ExcludeFromDescription();
        }
    }
}
