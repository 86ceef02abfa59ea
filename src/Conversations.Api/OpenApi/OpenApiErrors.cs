using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>
/// Names the errors of each operation. They follow from three sources: the kind of the operation, the set of its
/// service (<see cref="ErrorsAttribute"/>), and the rules of its form or query (<see cref="RuleErrors"/>).
/// </summary>
internal sealed class OpenApiErrors(IServiceProvider services) : IOperationFilter
{
    private static readonly TwilioError[] Always =
    [
        TwilioErrors.Authenticate,
        TwilioErrors.HostNotAllowed,
        TwilioErrors.OriginNotAllowed,
        TwilioErrors.MalformedRequest,
        TwilioErrors.TooManyRequests,
        TwilioErrors.InternalServerError,
        TwilioErrors.ServiceUnavailable,
    ];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        TwilioError[] byKind = [.. Always, .. OfKind(operation, context)];
        TwilioError[] own = [.. OfAction(context.MethodInfo).Except(byKind)];
        var schema = context.SchemaGenerator.GenerateSchema(typeof(TwilioErrorResource), context.SchemaRepository);
        foreach (
            var errors in byKind.Concat(own).GroupBy(error => error.Status).OrderBy(ofOneStatus => ofOneStatus.Key)
        )
        {
            var example = errors.FirstOrDefault(own.Contains) ?? errors.First();
            (operation.Responses ??= [])[$"{errors.Key}"] = new OpenApiResponse
            {
                Description = string.Join(
                    "\n",
                    errors.OrderBy(error => error.Code).Select(error => $"- {error.Code}: {error.Message}")
                ),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = schema, Example = ExampleOf(example, context) },
                },
            };
        }
    }

    private IEnumerable<TwilioError> OfKind(OpenApiOperation operation, OperationFilterContext context) =>
        [
            .. context.ApiDescription.RelativePath!.Contains('{') ? [TwilioErrors.NotFound("{path}")] : None,
            .. IsList(context.MethodInfo) ? OfRules(typeof(PageRequest)) : None,
            .. context.MethodInfo.GetCustomAttribute<FiresWebhooksAttribute>() is { Asks: true }
                ? [TwilioErrors.WebhookCancelled]
                : None,
            .. operation.RequestBody is null ? None : [TwilioErrors.RequestTooLarge],
            .. context.ApiDescription.HttpMethod == HttpMethods.Get ? None : [TwilioErrors.Conflict],
        ];

    private static IEnumerable<TwilioError> None => [];

    private static bool IsList(MethodInfo action) =>
        action.GetParameters().Any(parameter => parameter.ParameterType.IsAssignableTo(typeof(PageRequest)));

    private IEnumerable<TwilioError> OfAction(MethodInfo action) =>
        (action.GetCustomAttribute<ErrorsAttribute>()?.Errors ?? []).Concat(
            action.GetParameters().SelectMany(parameter => OfRules(parameter.ParameterType))
        );

    private IEnumerable<TwilioError> OfRules(Type form) =>
        services.GetService(typeof(IValidator<>).MakeGenericType(form)) is IValidator rules ? RuleErrors.Of(rules) : [];

    private static JsonNode? ExampleOf(TwilioError error, OperationFilterContext context)
    {
        var path = ExampleRequest.PathOf(context.ApiDescription)["/v1".Length..];
        var message = error.Message.Replace("{path}", path, StringComparison.Ordinal);
        return JsonSerializer.SerializeToNode((error with { Message = message }).Resource, TwilioJson.Options);
    }
}
