using Conversations.Api.Conversations;

namespace Conversations.Api.Participants;

public static class ParticipantRegistration
{
    public static IServiceCollection AddParticipants(this IServiceCollection services) =>
        services
            .AddScoped<ParticipantService>()
            .AddScoped<ParticipantChecks>()
            .AddScoped<GroupText>()
            .AddSingleton<ParticipantQueries>()
            .AddSingleton(_ => ConversationRows.List<Participant>(ShownParticipants.IsShown))
            .AddSingleton(ParticipantRoles.Holder);
}
