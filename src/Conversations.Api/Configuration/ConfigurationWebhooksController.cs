using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Configuration;

[ApiController]
[Resource("Configuration/Webhooks", "ConfigurationWebhook")]
[Tag(
    "Webhooks",
    Order = 60,
    Page = "https://www.twilio.com/docs/conversations/api/webhook-resource",
    Description = "Where the events of the account go"
)]
public sealed class ConfigurationWebhooksController(
    WebhookSettingsService settings,
    RequestScope scope,
    AccountWebhookSettingsRules rules
) : ControllerBase
{
    /// <summary>Fetch where the events of the account go</summary>
    [HttpGet]
    public async Task<ConfigurationWebhookResource> Fetch(CancellationToken cancellationToken) =>
        Of(await settings.FetchAsync(scope.AccountSid, cancellationToken));

    /// <summary>Update where the events of the account go</summary>
    [HttpPost]
    public async Task<ConfigurationWebhookResource> Update(
        [FromForm(Name = "")] AccountWebhookSettingsForm form,
        CancellationToken cancellationToken
    )
    {
        rules.Check(form);
        return Of(
            await settings.UpdateAsync(
                () => Task.FromResult(scope.AccountSid),
                form,
                form.Target.NullIfEmpty(),
                cancellationToken
            )
        );
    }

    private ConfigurationWebhookResource Of(WebhookSettings? found) =>
        new(
            scope.AccountSid,
            found?.PreWebhookUrl,
            found?.PostWebhookUrl,
            found?.Method ?? HttpMethods.Post,
            found?.Filters ?? [],
            found?.Target ?? "webhook",
            scope.AccountUrl("Configuration/Webhooks")
        );
}
