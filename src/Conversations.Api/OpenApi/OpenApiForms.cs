using System.Reflection;
using System.Text.Json.Nodes;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>Describes the forms: what they require, how they are encoded, and examples that succeed.</summary>
internal sealed class OpenApiForms : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.RequestBody?.Content is { Count: > 0 } content)
        {
            var form = content.First().Value;
            operation.RequestBody = BodyOf(form, context.ApiDescription);
            form.Examples = ExamplesOf(form.Schema!, context.MethodInfo);
        }
    }

    // Twilio's forms are urlencoded. The framework reads multipart, too, but the document does not offer it.
    private static OpenApiRequestBody BodyOf(OpenApiMediaType form, ApiDescription description)
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
            .ParameterDescriptions.Where(parameter => AttributeOf<DocumentedAttribute>(parameter) is { Required: true })
            .Select(parameter => parameter.Name)
            .ToHashSet();

        // With an encoding for text Swagger UI would take JSON apart: Attributes={"a":1} would be sent as a=1.
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
        (parameter.ModelMetadata as DefaultModelMetadata)?.Attributes.PropertyAttributes?.OfType<T>().SingleOrDefault();

    private static Dictionary<string, IOpenApiExample>? ExamplesOf(IOpenApiSchema schema, MethodInfo action)
    {
        var given = action
            .GetParameters()
            .SelectMany(parameter => parameter.ParameterType.GetCustomAttributes<FormExampleAttribute>())
            .ToList();
        return given is [] ? null : given.ToDictionary(example => example.Name, ExampleOf);

        IOpenApiExample ExampleOf(FormExampleAttribute example) =>
            new OpenApiExample
            {
                Summary = example.Name,
                Value = new JsonObject(example.Values.Select(pair => ValueOf(pair.Name, pair.Value))),
            };

        KeyValuePair<string, JsonNode?> ValueOf(string name, string value) =>
            KeyValuePair.Create<string, JsonNode?>(name, OpenApiSchemas.ExampleOf(schema.Properties![name], value));
    }
}
