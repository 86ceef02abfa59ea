using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.OpenApi;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

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

/// <summary>Where the account's events go.</summary>
public sealed record ConfigurationWebhookResource(
    string AccountSid,
    string? PreWebhookUrl,
    string? PostWebhookUrl,
    string Method,
    IReadOnlyList<string> Filters,
    string Target,
    string Url
) : IHasExamples<ConfigurationWebhookResource>
{
    public static IReadOnlyList<ConfigurationWebhookResource> Examples(RequestScope scope) =>
        [
            new(
                scope.AccountSid,
                "http://localhost:3000/before",
                "http://localhost:3000/after",
                HttpMethods.Post,
                ["onParticipantAdd", "onParticipantAdded"],
                "webhook",
                scope.AccountUrl("Configuration/Webhooks")
            ),
        ];
}

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

/// <summary>Where a service's events go; null until something is configured.</summary>
public sealed record ServiceWebhookConfigurationResource(
    string AccountSid,
    string ChatServiceSid,
    string? PreWebhookUrl,
    string? PostWebhookUrl,
    IReadOnlyList<string>? Filters,
    string? Method,
    string Url
) : IHasExamples<ServiceWebhookConfigurationResource>
{
    public static IReadOnlyList<ServiceWebhookConfigurationResource> Examples(RequestScope scope)
    {
        var chatServiceSid = scope.Account.DefaultChatServiceSid;
        return
        [
            new(
                scope.AccountSid,
                chatServiceSid,
                "http://localhost:3000/before",
                "http://localhost:3000/after",
                ["onParticipantAdd", "onParticipantAdded"],
                HttpMethods.Post,
                scope.AccountUrl($"Services/{chatServiceSid}/Configuration/Webhooks")
            ),
        ];
    }
}
