using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;

namespace Conversations.Api.Configuration;

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
