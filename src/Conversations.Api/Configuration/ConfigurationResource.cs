using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;

namespace Conversations.Api.Configuration;

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
