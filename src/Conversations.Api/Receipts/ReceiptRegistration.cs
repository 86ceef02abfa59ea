using Conversations.Api.Data;

namespace Conversations.Api.Receipts;

public static class ReceiptRegistration
{
    public static IServiceCollection AddReceipts(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(DeliveryOptions.Of(configuration))
            .AddScoped<ReceiptService>()
            .AddSingleton<ReceiptQueries>()
            .AddScoped<Deliveries>()
            .AddScoped<DeliverySteps>()
            .AddSingleton<WorkSignal<DeliveryWorker>>()
            .AddHostedService<DeliveryWorker>();
}
