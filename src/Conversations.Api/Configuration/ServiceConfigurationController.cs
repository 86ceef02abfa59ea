using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Configuration;

[ApiController]
[Resource("Services/{ChatServiceSid}/Configuration", "ServiceConfiguration")]
[Tag(
    "Service configuration",
    Order = 100,
    Page = "https://www.twilio.com/docs/conversations/api/service-configuration-resource",
    Description = "A chat service's defaults"
)]
public sealed class ServiceConfigurationController(ServiceConfigurationService configurations, RequestScope scope)
    : ControllerBase
{
    /// <summary>Fetch the configuration of a conversation service</summary>
    [HttpGet]
    public async Task<ServiceConfigurationResource> Fetch(CancellationToken cancellationToken) =>
        ServiceConfigurationResource.Of(await configurations.FetchAsync(cancellationToken), scope);

    /// <summary>Update configuration settings of a conversation service</summary>
    [HttpPost]
    [Errors(typeof(ServiceConfigurationService), nameof(ServiceConfigurationService.UpdateErrors))]
    public async Task<ServiceConfigurationResource> Update(
        [FromForm(Name = "")] ServiceConfigurationForm form,
        CancellationToken cancellationToken
    ) => ServiceConfigurationResource.Of(await configurations.UpdateAsync(form, cancellationToken), scope);
}

/// <summary>A service's defaults.</summary>
public sealed record ServiceConfigurationResource(
    string ChatServiceSid,
    string DefaultConversationCreatorRoleSid,
    string DefaultConversationRoleSid,
    string DefaultChatServiceRoleSid,
    bool ReachabilityEnabled,
    string Url,
    ServiceConfigurationLinks Links
) : IHasExamples<ServiceConfigurationResource>
{
    public static IReadOnlyList<ServiceConfigurationResource> Examples(RequestScope scope) =>
        [Of(ChatServiceResource.ExampleRow(scope), scope)];

    public static ServiceConfigurationResource Of(ChatService service, RequestScope scope)
    {
        var url = scope.AccountUrl($"Services/{service.Sid}/Configuration");
        return new(
            service.Sid,
            service.DefaultConversationCreatorRoleSid,
            service.DefaultConversationRoleSid,
            service.DefaultChatServiceRoleSid,
            service.ReachabilityEnabled,
            url,
            new($"{url}/Notifications", $"{url}/Webhooks")
        );
    }
}

/// <summary>Where the rest of the service's configuration is. Notifications are not served here.</summary>
public sealed record ServiceConfigurationLinks(string Notifications, string Webhooks);
