using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace Conversations.Api.Wire;

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
