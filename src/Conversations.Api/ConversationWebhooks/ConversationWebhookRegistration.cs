using Conversations.Api.Conversations;
using Conversations.Api.Webhooks;

namespace Conversations.Api.ConversationWebhooks;

public static class ConversationWebhookRegistration
{
    public static IServiceCollection AddConversationWebhooks(this IServiceCollection services) =>
        services
            .AddScoped<ConversationWebhookService>()
            .AddScoped<WebhookReplay>()
            .AddSingleton(_ => ConversationRows.List<ConversationWebhook>());
}
