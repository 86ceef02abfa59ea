using Conversations.Api.Accounts;

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
            .AddSingleton(_ => ServiceRows.List<Conversation>((c, state) => c.State == state))
            .AddSingleton(ConversationContent.OfService)
            .AddSingleton(ConversationContent.Remainder);
}
