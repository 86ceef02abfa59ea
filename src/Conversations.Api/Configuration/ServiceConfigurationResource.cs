using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.OpenApi;

namespace Conversations.Api.Configuration;

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
