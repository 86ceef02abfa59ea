using Conversations.Api.Accounts;
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
