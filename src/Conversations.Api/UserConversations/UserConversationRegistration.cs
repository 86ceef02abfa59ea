namespace Conversations.Api.UserConversations;

public static class UserConversationRegistration
{
    public static IServiceCollection AddUserConversations(this IServiceCollection services) =>
        services.AddScoped<UserConversationService>().AddSingleton<UserConversationQueries>();
}
