using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Routing;

namespace Conversations.Api.Wire;

/// <summary>Maps a controller onto /v1/<paramref name="template"/>.</summary>
/// <param name="resource">The official name of the resource. It is part of the operation ids.</param>
[AttributeUsage(AttributeTargets.Class)]
public class ResourceAttribute(string template, string resource) : Attribute, IRouteTemplateProvider
{
    public string Resource { get; } = resource;

    public string Template { get; } = $"v1/{template}";

    int? IRouteTemplateProvider.Order => null;

    string? IRouteTemplateProvider.Name => null;
}

/// <summary>
/// Maps a controller onto both route shapes: /v1/… (the account's default chat service) and
/// /v1/Services/{ChatServiceSid}/…. Only the request's scope knows which one was called.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ServiceScopedAttribute(string template, string resource)
    : ResourceAttribute(template, resource),
        IControllerModelConvention
{
    private readonly string serviceTemplate = $"v1/Services/{{ChatServiceSid}}/{template}";

    public void Apply(ControllerModel controller) =>
        controller.Selectors.Add(
            new SelectorModel(controller.Selectors[0])
            {
                AttributeRouteModel = new AttributeRouteModel { Template = serviceTemplate },
            }
        );
}
