using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Configuration;
using Conversations.Api.Conversations;
using Conversations.Api.ConversationWebhooks;
using Conversations.Api.ConversationWithParticipants;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Hosting;
using Conversations.Api.Messages;
using Conversations.Api.OpenApi;
using Conversations.Api.ParticipantConversations;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Roles;
using Conversations.Api.UserConversations;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.Extensions.Options;
using Serilog;

try
{
    if (CommandLine.Answer(args) is { } answer)
    {
        await Console.Out.WriteLineAsync(answer);
        return 0;
    }

    var command = CommandLine.CommandOf(args);
    var builder = Configured.Builder(args);
    builder.UseDefaultAddress();
    if (command is [HealthCommand.Name])
    {
        return await HealthCommand.RunAsync(builder.Configuration);
    }

    AddServer(builder);
    AddResources(builder.Services);
    await using var app = builder.Build();
    Map(app);
    var accounts = app.Services.GetRequiredService<AccountDirectory>().Configured;
    await app.MigrateAsync(
        (services, cancellationToken) =>
            services.GetRequiredService<AccountSetup>().EnsureAsync(accounts, cancellationToken)
    );
    if (command is not [])
    {
        return await WebhookCommands.RunAsync(app, command);
    }

    app.LogStart();
    await app.ListenAsync();
    await app.WaitForShutdownAsync();
    return 0;
}
catch (ConfigurationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

static void AddServer(WebApplicationBuilder builder)
{
    builder.WebHost.LimitRequests();
    builder.Host.UseSerilog(Logging.Configure, preserveStaticLogger: true);

    builder.Services.AddAccounts(builder.Configuration, builder.Environment);
    var limits = LimitOptions.Of(builder.Configuration);
    builder.Services.AddDatabase(builder.Configuration, limits.DatabaseSeconds);
    builder.Services.AddTwilioHttp(builder.Configuration);
    builder.Services.AddHosting(builder.Configuration);
    builder.Services.AddOpenApiDocument();
    builder.Services.AddSingleton<DatabaseHealth>();
    builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database", timeout: DatabaseHealth.Timeout);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddWebhooks(builder.Configuration);
    builder.Services.AddSingleton(DeliveryOptions.Of(builder.Configuration));

    builder.Services.AddSingleton(services => new RequestTimeout(
        TimeSpan.FromSeconds(
            limits.DatabaseSeconds + services.GetRequiredService<IOptions<WebhookOptions>>().Value.TimeoutSeconds
        )
    ));
}

// Each one's service, and the list of its rows.
static void AddResources(IServiceCollection services)
{
    services.AddScoped<ConfigurationService>().AddScoped<WebhookSettingsService>().AddScoped<AccountSetup>();
    services
        .AddScoped<ChatServiceService>()
        .AddScoped<ServiceConfigurationService>()
        .AddSingleton(_ => ServiceRows.AccountList<ChatService>());
    services.AddScoped<RoleService>().AddSingleton(_ => ServiceRows.List<Role>());
    services.AddScoped<UserService>().AddSingleton(_ => ServiceRows.List<User>()).AddSingleton(UserService.RoleHolder);

    // Conversations come first: their participants refer to users.
    services.AddSingleton(ConversationContent.OfService).AddSingleton(ServiceContent.Of<User>());
    services
        .AddScoped<ConversationService>()
        .AddScoped<ConversationDeletion>()
        .AddScoped<ConversationTimers>()
        .AddHostedService<TimerSweeper>()
        .AddSingleton(_ => ServiceRows.List<Conversation>((c, state) => c.State == state));
    services
        .AddScoped<ParticipantService>()
        .AddScoped<ParticipantChecks>()
        .AddScoped<GroupText>()
        .AddSingleton<ParticipantQueries>()
        .AddSingleton(_ => ConversationRows.List<Participant>(p => !p.Pending))
        .AddSingleton(ParticipantRoles.Holder);
    services
        .AddScoped<ConversationWebhookService>()
        .AddScoped<WebhookReplay>()
        .AddSingleton(_ => ConversationRows.List<ConversationWebhook>());
    services
        .AddScoped<MessageService>()
        .AddScoped<MessageChecks>()
        .AddSingleton<MessageQueries>()
        .AddSingleton<MessageRate>();
    services
        .AddScoped<ReceiptService>()
        .AddSingleton<ReceiptQueries>()
        .AddScoped<Deliveries>()
        .AddScoped<DeliverySteps>()
        .AddSingleton<WorkSignal<DeliveryWorker>>()
        .AddHostedService<DeliveryWorker>();
    services.AddScoped<ParticipantConversationService>().AddSingleton<ParticipantConversationQueries>();
    services.AddConversationWithParticipants();
    services.AddScoped<UserConversationService>().AddSingleton<UserConversationQueries>();
}

static void Map(WebApplication app)
{
    app.UsePipeline();
    app.UseSwaggerPage();
    app.UseRouting();
    app.MapOpenApiDocuments();
    app.MapHealth();
    app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription();
}
