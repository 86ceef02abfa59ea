using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conversations.Api.Accounts;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>
/// The document's examples: answers as the server gives them, and forms that succeed. Where the built-in account is
/// there, paths name what it has.
/// </summary>
internal sealed class OpenApiExamples(AccountDirectory accounts) : IOperationFilter
{
    private readonly bool hasBuiltInAccount = accounts.Find(AccountOptions.BuiltIn.Sid) == AccountOptions.BuiltIn;

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var description = context.ApiDescription;
        foreach (var parameter in OpenApiRegistration.PathParametersOf(operation))
        {
            var resource = OpenApiRegistration.ResourceOf(description).Resource;
            parameter.Example = hasBuiltInAccount ? PathExample(parameter.Name!, resource) : null;
        }

        if (operation.RequestBody?.Content?.Values.SingleOrDefault() is { } form)
        {
            form.Examples = FormExamples(form.Schema!, context.MethodInfo);
        }

        foreach (var type in description.SupportedResponseTypes.Where(type => type.StatusCode < 300))
        {
            foreach (var answer in operation.Responses![$"{type.StatusCode}"].Content?.Values ?? [])
            {
                answer.Example = AnswerExample(type.Type!, description);
            }
        }
    }

    /// <summary>The path of an operation, filled in.</summary>
    public static string PathOf(ApiDescription description) =>
        "/"
        + string.Join(
            '/',
            description
                .RelativePath!.Split('/')
                .Select(segment =>
                    segment switch
                    {
                        "{ChatServiceSid}" => AccountOptions.BuiltIn.DefaultChatServiceSid,
                        "{ConversationSid}" => ExampleRows.Sid("CH"),
                        "{Sid}" => OpenApiTags.ExampleSid(OpenApiRegistration.ResourceOf(description).Resource),
                        _ => segment,
                    }
                )
        );

    private static JsonNode? PathExample(string name, string resource) =>
        (name, resource) switch
        {
            ("ChatServiceSid", _) or (_, "Service") => AccountOptions.BuiltIn.DefaultChatServiceSid,
            ("ConversationSid", _) or (_, "Conversation") => ExampleRows.ConversationUniqueName,
            (_, "ConversationParticipant" or "User") => "alice",
            _ => null, // Only the answer to a create tells the SIDs of others.
        };

    private static Dictionary<string, IOpenApiExample>? FormExamples(IOpenApiSchema schema, MethodInfo action)
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
            KeyValuePair.Create<string, JsonNode?>(
                name,
                OpenApiRegistration.ExampleOf(schema.Properties![name], value)
            );
    }

    private static JsonNode? AnswerExample(Type type, ApiDescription description)
    {
        var scope = ScopeOf(description);
        if (type.GetConstructors()[0].GetParameters() is [{ } meta, { } rows] && meta.ParameterType == typeof(PageMeta))
        {
            var items = ExamplesOf(rows.ParameterType.GenericTypeArguments[0], scope);
            var page = new Page<object>([], new PageRequest(), Previous: null, Next: null);
            var list = Activator.CreateInstance(
                type,
                page.Meta(scope.RequestedUrl, JsonNamingPolicy.SnakeCaseLower.ConvertName(rows.Name!)),
                items
            );
            return JsonSerializer.SerializeToNode(list, type, TwilioJson.Options);
        }

        var examples = (IReadOnlyList<object>)ExamplesOf(type, scope);
        return JsonSerializer.SerializeToNode(examples[0], type, TwilioJson.Options);
    }

    private static object ExamplesOf(Type type, RequestScope scope) =>
        type.GetMethod(nameof(IHasExamples<>.Examples), [typeof(RequestScope)])?.Invoke(null, [scope])
        ?? throw new InvalidOperationException($"{type.Name} needs {nameof(IHasExamples<>)}.");

    // A made-up request, so that examples have the same URLs as answers.
    private static RequestScope ScopeOf(ApiDescription description)
    {
        DefaultHttpContext context = new()
        {
            Request =
            {
                Scheme = "http",
                Host = new("localhost", 8080),
                Path = PathOf(description),
            },
        };
        if (OpenApiDocuments.NamesService(description))
        {
            context.Request.RouteValues["ChatServiceSid"] = AccountOptions.BuiltIn.DefaultChatServiceSid;
        }

        context.Features.Set(AccountOptions.BuiltIn);
        return new(new ExampleContext { HttpContext = context }, db: null!, new PublicUrl(null));
    }

    private sealed class ExampleContext : IHttpContextAccessor
    {
        public HttpContext? HttpContext { get; set; }
    }
}
