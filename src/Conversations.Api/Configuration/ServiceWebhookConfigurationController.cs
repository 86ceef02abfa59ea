using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Configuration;

[ApiController]
[Resource("Services/{ChatServiceSid}/Configuration/Webhooks", "ServiceWebhookConfiguration")]
[Tag(
    "Service webhooks",
    Order = 70,
    Page = "https://www.twilio.com/docs/conversations/api/service-webhook-configuration-resource",
    Description = "Where the events of a chat service go"
)]
public sealed class ServiceWebhookConfigurationController(
    WebhookSettingsService settings,
    RequestScope scope,
    ServiceWebhookSettingsRules rules
) : ControllerBase
{
    /// <summary>Fetch where the events of a service go</summary>
    [HttpGet]
    public async Task<ServiceWebhookConfigurationResource> Fetch(CancellationToken cancellationToken)
    {
        var chatServiceSid = await ChatServiceSidAsync(cancellationToken);
        return Of(chatServiceSid, await settings.FetchAsync(chatServiceSid, cancellationToken));
    }

    /// <summary>Update where the events of a service go</summary>
    [HttpPost]
    public async Task<ServiceWebhookConfigurationResource> Update(
        [FromForm(Name = "")] WebhookSettingsForm form,
        CancellationToken cancellationToken
    )
    {
        var updated = await settings.UpdateAsync(
            async () =>
            {
                var chatServiceSid = await ChatServiceSidAsync(cancellationToken);
                rules.Check(form);
                return chatServiceSid;
            },
            form,
            target: null,
            cancellationToken
        );
        return Of(updated.OwnerSid, updated);
    }

    private async Task<string> ChatServiceSidAsync(CancellationToken cancellationToken) =>
        await scope.ChatService.Select(s => s.Sid).SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();

    // All null until something is configured.
    private ServiceWebhookConfigurationResource Of(string chatServiceSid, WebhookSettings? found) =>
        new(
            scope.AccountSid,
            chatServiceSid,
            found?.PreWebhookUrl,
            found?.PostWebhookUrl,
            found?.Filters,
            found?.Method,
            scope.AccountUrl($"Services/{chatServiceSid}/Configuration/Webhooks")
        );
}
