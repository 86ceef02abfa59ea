using Conversations.Api.Accounts;
using Conversations.Api.Data;

namespace Conversations.Api.Conversations;

public static class ConversationRegistration
{
    public static IServiceCollection AddConversations(this IServiceCollection services) =>
        services
            .AddScoped<ConversationService>()
            .AddScoped<ConversationDeletion>()
            .AddScoped<ConversationTimers>()
            .AddScoped<DueTimers>()
            .AddHostedService<TimerSweeper>()
            .AddHostedService<ConversationPurger>()
            .AddSingleton<WorkSignal<ConversationPurger>>()
            .AddSingleton(_ => ServiceRows.List<Conversation>((c, state) => c.State == state))
            .AddSingleton(ConversationContent.OfService);
}
