namespace Conversations.Api.ParticipantConversations;

public static class ParticipantConversationRegistration
{
    public static IServiceCollection AddParticipantConversations(this IServiceCollection services) =>
        services.AddScoped<ParticipantConversationService>().AddSingleton<ParticipantConversationQueries>();
}
