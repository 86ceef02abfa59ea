using Conversations.Api.OpenApi;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Conversations.Api.Control;

/// <summary>The operations of /v1 by their ids in the OpenAPI document.</summary>
internal static class Operations
{
    public static string IdOf(ControllerActionDescriptor action) =>
        OpenApiDocuments.OperationId(action, action.AttributeRouteInfo!.Template!);

    public static IReadOnlySet<string> All(IActionDescriptorCollectionProvider actions) =>
        actions.ActionDescriptors.Items.OfType<ControllerActionDescriptor>().Select(IdOf).ToHashSet();
}
