using System.Text.Json;
using System.Text.Json.Serialization;
using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;

namespace Conversations.Api.ConversationWebhooks;

/// <summary>A webhook of a conversation.</summary>
public sealed record ConversationWebhookResource : IHasExamples<ConversationWebhookResource>
{
    public required string AccountSid { get; init; }

    /// <summary>It is present only in answers to /v1/Services/{ChatServiceSid}/….</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? ChatServiceSid { get; init; }

    public required string ConversationSid { get; init; }

    public required string Sid { get; init; }

    public required string Target { get; init; }

    public required WebhookConfigurationResource Configuration { get; init; }

    public required DateTime DateCreated { get; init; }

    public required DateTime DateUpdated { get; init; }

    public required string Url { get; init; }

    public static IReadOnlyList<ConversationWebhookResource> Examples(RequestScope scope)
    {
        var webhook = new ConversationWebhook
        {
            Sid = ExampleRows.Sid("WH"),
            AccountSid = scope.AccountSid,
            ChatServiceSid = scope.Account.DefaultChatServiceSid,
            ConversationSid = ExampleRows.Sid("CH"),
            Target = WebhookTarget.Webhook,
            ConfigurationUrl = "http://localhost:3000/after",
            Method = "post",
            Filters = ["onParticipantAdded"],
            DateCreated = ExampleRows.Date,
            DateUpdated = ExampleRows.Date,
        };
        return [Of(webhook, scope)];
    }

    public static ConversationWebhookResource Of(ConversationWebhook webhook, RequestScope scope) =>
        new()
        {
            AccountSid = webhook.AccountSid,
            ChatServiceSid = scope.ChatServiceSidInPath,
            ConversationSid = webhook.ConversationSid,
            Sid = webhook.Sid,
            Target = webhook.Target,

            // The samples in the official document have the method in lower case, recorded answers in upper case.
            Configuration = new(
                webhook.ConfigurationUrl,
                webhook.Method?.ToUpperInvariant(),
                webhook.Target == WebhookTarget.Webhook ? webhook.Filters : null,
                webhook.Triggers is null ? null : JsonSerializer.Deserialize<string[]>(webhook.Triggers),
                webhook.FlowSid,
                webhook.ReplayAfter
            ),
            DateCreated = webhook.DateCreated,
            DateUpdated = webhook.DateUpdated,
            Url = scope.Url($"Conversations/{webhook.ConversationSid}/Webhooks/{webhook.Sid}"),
        };
}

/// <summary>How the webhook is called. Only the members of its target are present.</summary>
public sealed record WebhookConfigurationResource(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Method,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Filters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Triggers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FlowSid,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ReplayAfter
);

/// <summary>One page of a conversation's webhooks.</summary>
public sealed record ConversationWebhookList(PageMeta Meta, IReadOnlyList<ConversationWebhookResource> Webhooks)
    : IPage;
