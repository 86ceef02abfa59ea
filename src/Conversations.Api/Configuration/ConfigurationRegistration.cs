namespace Conversations.Api.Configuration;

public static class ConfigurationRegistration
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services) =>
        services
            .AddScoped<ConfigurationService>()
            .AddScoped<WebhookSettingsService>()
            .AddScoped<ServiceConfigurationService>()
            .AddScoped<AccountSetup>();
}
