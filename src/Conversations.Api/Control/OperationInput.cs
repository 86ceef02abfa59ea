using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Conversations.Api.Control;

/// <summary>What an operation of /control takes, as its handler and the metadata of its endpoint say.</summary>
/// <param name="Parameters">The parameters of the query with their types.</param>
/// <param name="Body">The type of the body; null for none.</param>
internal sealed record OperationInput(IReadOnlyDictionary<string, Type> Parameters, Type? Body, bool IsBodyOptional)
{
    public static OperationInput Of(RouteEndpoint endpoint)
    {
        var ofPath = endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet();
        var handler = endpoint.Metadata.GetRequiredMetadata<MethodInfo>();
        var body = endpoint.Metadata.GetMetadata<IAcceptsMetadata>();
        return new(
            handler
                .GetParameters()
                .SelectMany(Flattened)
                .Where(parameter => !ofPath.Contains(parameter.Name!) && IsText(TypeOf(parameter)))
                .ToDictionary(NameOf, TypeOf),
            body?.RequestType,
            body?.IsOptional == true
        );
    }

    private static IEnumerable<ParameterInfo> Flattened(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<AsParametersAttribute>() is null
            ? [parameter]
            : parameter.ParameterType.GetConstructors().Single().GetParameters();

    private static string NameOf(ParameterInfo parameter) =>
        parameter.GetCustomAttributes().OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name!;

    private static Type TypeOf(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;

    // All else is a service or the body.
    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(DateTimeOffset);
}
