using Conversations.Api.Wire;
using FluentValidation;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>Describes the highest sizes of parameters, from the rules of their form or query.</summary>
internal sealed class OpenApiLimits(IServiceProvider services) : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var limits = context
            .MethodInfo.GetParameters()
            .Select(parameter => services.GetService(typeof(IValidator<>).MakeGenericType(parameter.ParameterType)))
            .OfType<IValidator>()
            .SelectMany(RuleLimits.Of);
        foreach (var (parameter, limit) in limits)
        {
            if (SchemaOf(operation, parameter) is OpenApiSchema schema)
            {
                Describe(schema, limit);
            }
        }
    }

    private static IOpenApiSchema? SchemaOf(OpenApiOperation operation, string parameter) =>
        operation.RequestBody?.Content?.Values.First().Schema?.Properties?.TryGetValue(parameter, out var schema)
        == true
            ? schema
            : operation.Parameters?.FirstOrDefault(own => own.Name == parameter)?.Schema;

    // A text of so many bytes has at most as many characters.
    private static void Describe(OpenApiSchema schema, ILimit limit)
    {
        switch (limit.Kind)
        {
            case LimitKind.Items:
                schema.MaxItems = Least(schema.MaxItems, limit);
                break;
            case LimitKind.ItemCharacters:
                ((OpenApiSchema)schema.Items!).MaxLength = Least(schema.Items.MaxLength, limit);
                break;
            default:
                schema.MaxLength = Least(schema.MaxLength, limit);
                break;
        }
    }

    private static int Least(int? other, ILimit limit) => Math.Min(other ?? limit.Max, limit.Max);
}
