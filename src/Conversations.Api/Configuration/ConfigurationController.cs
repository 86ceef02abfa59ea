using Conversations.Api.Accounts;
using Conversations.Api.Data;
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

/// <summary>The account's defaults.</summary>
public sealed record ConfigurationResource(
    string AccountSid,
    string DefaultChatServiceSid,
    string DefaultMessagingServiceSid,
    string? DefaultInactiveTimer,
    string? DefaultClosedTimer,
    string Url,
    ConfigurationLinks Links
) : IHasExamples<ConfigurationResource>
{
    public static IReadOnlyList<ConfigurationResource> Examples(RequestScope scope)
    {
        var account = new Account
        {
            Sid = scope.AccountSid,
            DefaultChatServiceSid = scope.Account.DefaultChatServiceSid,
            DefaultMessagingServiceSid = scope.Account.DefaultMessagingServiceSid,
        };
        return [Of(account, scope)];
    }

    public static ConfigurationResource Of(Account account, RequestScope scope)
    {
        var url = scope.AccountUrl("Configuration");
        return new(
            account.Sid,
            account.DefaultChatServiceSid,
            account.DefaultMessagingServiceSid,
            account.DefaultInactiveTimer,
            account.DefaultClosedTimer,
            url,
            new(scope.AccountUrl($"Services/{account.DefaultChatServiceSid}/Configuration"), $"{url}/Webhooks")
        );
    }
}

/// <summary>Where the rest of the account's configuration is.</summary>
public sealed record ConfigurationLinks(string Service, string Webhooks);
