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
