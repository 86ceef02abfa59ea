using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Conversations.Api.Wire;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>
/// Describes parameters as <see cref="DocumentedAttribute"/> says, and which members of an answer may be null or
/// missing.
/// </summary>
internal sealed class OpenApiSchemas : ISchemaFilter
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

    /// <summary>The value as the schema has it: a list of one item where the schema is a list.</summary>
    public static JsonNode ExampleOf(IOpenApiSchema schema, string value) =>
        schema.Type == JsonSchemaType.Array ? new JsonArray(JsonValue.Create(value)) : JsonValue.Create(value);

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

    // Every member is always there, null or not, except those that are left out instead of being null.
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
                property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.WhenWritingNull;
            if (isLeftOut)
            {
                schema.Required.Remove(name);
            }

            var isNull =
                !isLeftOut && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
            if (isNull && members[name] is OpenApiSchema { Enum: not null } values)
            {
                values.Type |= JsonSchemaType.Null;
            }

            // OpenAPI 3.0 can't say that a reference may be null, only that what it refers to may.
            if (isLeftOut && members[name] is OpenApiSchema member)
            {
                member.Type &= ~JsonSchemaType.Null;
            }
            else if (isNull && members[name] is OpenApiSchemaReference reference)
            {
                ((OpenApiSchema)context.SchemaRepository.Schemas[reference.Reference.Id!]).Type |= JsonSchemaType.Null;
            }
        }
    }
}
