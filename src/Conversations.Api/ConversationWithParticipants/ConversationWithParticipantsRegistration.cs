using Conversations.Api.Data;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>Registers the service and the background worker.</summary>
public static class ConversationWithParticipantsRegistration
{
    public static IServiceCollection AddConversationWithParticipants(this IServiceCollection services)
    {
        services
            .AddScoped<ConversationWithParticipantsService>()
            .AddScoped<NewParticipants>()
            .AddScoped<ConversationSetups>()
            .AddSingleton<WorkSignal<ConversationSetupWorker>>();
        return services.AddHostedService<ConversationSetupWorker>();
    }
}
