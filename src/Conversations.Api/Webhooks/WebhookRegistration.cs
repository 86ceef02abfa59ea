using Conversations.Api.Data;

namespace Conversations.Api.Webhooks;

/// <summary>Registers the services and options of webhooks.</summary>
public static class WebhookRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<WebhookOptions>(configuration.GetSection("Webhooks"));
        services
            .AddSingleton<WebhookNetwork>()
            .AddSingleton<WebhookClient>()
            .AddSingleton<WorkSignal<WebhookSender>>()
            .AddSingleton<WebhookMetrics>();
        services
            .AddScoped<Changes>()
            .AddScoped<WebhookService>()
            .AddScoped<PostActionWebhooks>()
            .AddScoped<WebhookOutbox>()
            .AddScoped<WebhookClaims>();
        services.AddScoped<DeadLetters>();
        services.AddHostedService<WebhookSender>();
        WebhookClient.Register(services);
        return services;
    }
}
