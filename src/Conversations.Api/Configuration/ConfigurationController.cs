using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Configuration;

[ApiController]
[Resource("Configuration", "Configuration")]
[Tag(
    "Configuration",
    Order = 90,
    Page = "https://www.twilio.com/docs/conversations/api/configuration-resource",
    Description = "The account's defaults"
)]
public sealed class ConfigurationController(ConfigurationService configurations, RequestScope scope) : ControllerBase
{
    /// <summary>Fetch the global configuration of conversations on your account</summary>
    [HttpGet]
    public async Task<ConfigurationResource> Fetch(CancellationToken cancellationToken) =>
        ConfigurationResource.Of(await configurations.FetchAsync(cancellationToken), scope);

    /// <summary>Update the global configuration of conversations on your account</summary>
    [HttpPost]
    public async Task<ConfigurationResource> Update(
        [FromForm(Name = "")] ConfigurationForm form,
        CancellationToken cancellationToken
    ) => ConfigurationResource.Of(await configurations.UpdateAsync(form, cancellationToken), scope);
}
