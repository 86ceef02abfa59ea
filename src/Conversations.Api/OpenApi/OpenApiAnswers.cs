using System.Text.Json;
using System.Text.Json.Nodes;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>Shows an example of each answer, made as the server makes answers.</summary>
internal sealed class OpenApiAnswers : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var description = context.ApiDescription;
        foreach (var type in description.SupportedResponseTypes.Where(type => type.StatusCode < 300))
        {
            foreach (var answer in operation.Responses![$"{type.StatusCode}"].Content?.Values ?? [])
            {
                answer.Example = ExampleOf(type.Type!, description);
            }
        }
    }

    private static JsonNode? ExampleOf(Type type, ApiDescription description)
    {
        var scope = ExampleRequest.ScopeOf(description);
        if (type.GetConstructors()[0].GetParameters() is [{ } meta, { } rows] && meta.ParameterType == typeof(PageMeta))
        {
            var page = new Page<object>([], new PageRequest(), Previous: null, Next: null);
            var list = Activator.CreateInstance(
                type,
                page.Meta(scope.RequestedUrl, JsonNamingPolicy.SnakeCaseLower.ConvertName(rows.Name!)),
                ExampleRequest.RowsOf(rows.ParameterType.GenericTypeArguments[0], scope)
            );
            return JsonSerializer.SerializeToNode(list, type, TwilioJson.Options);
        }

        return JsonSerializer.SerializeToNode(ExampleRequest.RowsOf(type, scope)[0], type, TwilioJson.Options);
    }
}
