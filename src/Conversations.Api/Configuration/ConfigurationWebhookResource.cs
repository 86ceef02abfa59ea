using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;

namespace Conversations.Api.Configuration;

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
