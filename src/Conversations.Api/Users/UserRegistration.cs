using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;

namespace Conversations.Api.Users;

public static class UserRegistration
{
    public static IServiceCollection AddUsers(this IServiceCollection services) =>
        services
            .AddScoped<UserService>()
            .AddSingleton(_ => ServiceRows.List<User>())
            .AddSingleton(UserService.RoleHolder)
            .AddSingleton(DeletedUsers.Remainder)
            .AddSingleton(ServiceContent.Of<User>());
}
