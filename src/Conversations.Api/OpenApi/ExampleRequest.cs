using Conversations.Api.Accounts;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace Conversations.Api.OpenApi;

/// <summary>A made-up request for an operation, so that examples have the same URLs as answers.</summary>
internal static class ExampleRequest
{
    /// <summary>
    /// The path of the operation, in the built-in account's chat service. Its other parameters are the members with the
    /// same names of the resource's first example.
    /// </summary>
    public static string PathOf(ApiDescription description)
    {
        var path = $"/{description.RelativePath}".Replace(
            "{ChatServiceSid}",
            AccountOptions.BuiltIn.DefaultChatServiceSid,
            StringComparison.Ordinal
        );
        if (!path.Contains('{'))
        {
            return path;
        }

        var resource = ResourceOf(description);
        var row = RowsOf(resource, ScopeOf(description, path))[0];
        return string.Join('/', path.Split('/').Select(Filled));

        string Filled(string segment) =>
            segment.StartsWith('{') ? $"{resource.GetProperty(segment.Trim('{', '}'))?.GetValue(row)}" : segment;
    }

    public static RequestScope ScopeOf(ApiDescription description) => ScopeOf(description, PathOf(description));

    /// <summary>The examples of a resource.</summary>
    public static IReadOnlyList<object> RowsOf(Type resource, RequestScope scope) =>
        (IReadOnlyList<object>?)
            resource.GetMethod(nameof(IHasExamples<>.Examples), [typeof(RequestScope)])?.Invoke(null, [scope])
        ?? throw new InvalidOperationException($"{resource.Name} needs {nameof(IHasExamples<>)}.");

    // What the controller's Fetch answers.
    private static Type ResourceOf(ApiDescription description)
    {
        var controller = ((ControllerActionDescriptor)description.ActionDescriptor).ControllerTypeInfo;
        return controller.GetMethod("Fetch")!.ReturnType.GenericTypeArguments[0];
    }

    private static RequestScope ScopeOf(ApiDescription description, string path)
    {
        DefaultHttpContext context = new()
        {
            Request =
            {
                Scheme = "http",
                Host = new("localhost", 8080),
                Path = path,
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
