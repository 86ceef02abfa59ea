using Conversations.Api.Accounts;

namespace Conversations.Api.Roles;

public static class RoleRegistration
{
    public static IServiceCollection AddRoles(this IServiceCollection services) =>
        services
            .AddScoped<RoleService>()
            .AddSingleton(_ => ServiceRows.List<Role>())
            .AddSingleton(provider => DeletedRoles.RemainderOf(provider.GetServices<RoleHolder>()));
}
