using Conversations.Api.Accounts;

namespace Conversations.Api.ChatServices;

public static class ChatServiceRegistration
{
    public static IServiceCollection AddChatServices(this IServiceCollection services) =>
        services
            .AddScoped<ChatServiceService>()
            .AddSingleton(_ => ServiceRows.AccountList<ChatService>())
            .AddSingleton(provider => DeletedServices.RemainderOf(provider.GetServices<ServiceContent>()));
}
