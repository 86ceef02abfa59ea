namespace Conversations.Api.Messages;

public static class MessageRegistration
{
    public static IServiceCollection AddMessages(this IServiceCollection services) =>
        services
            .AddScoped<MessageService>()
            .AddScoped<MessageChecks>()
            .AddSingleton<MessageQueries>()
            .AddSingleton<MessageRate>();
}
