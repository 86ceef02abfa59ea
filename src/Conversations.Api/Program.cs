using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Configuration;
using Conversations.Api.Console;
using Conversations.Api.Control;
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
    AddResources(builder);
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

    await app.ReadClocksAsync();
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
    builder.Services.AddControl(builder.Configuration, builder.Environment);

    builder.Services.AddSingleton(services => new RequestTimeout(
        TimeSpan.FromSeconds(
            limits.DatabaseSeconds + services.GetRequiredService<IOptions<WebhookOptions>>().Value.TimeoutSeconds
        )
    ));
}

static void AddResources(WebApplicationBuilder builder)
{
    builder
        .Services.AddConfiguration()
        .AddChatServices()
        .AddRoles()
        .AddConversations() // Before users: their participants refer to users, and are deleted first.
        .AddUsers()
        .AddParticipants()
        .AddConversationWebhooks()
        .AddMessages()
        .AddReceipts(builder.Configuration)
        .AddParticipantConversations()
        .AddUserConversations()
        .AddConversationWithParticipants();
}

static void Map(WebApplication app)
{
    app.UsePipeline(app.RequestObserver(), app.RequestInterceptor());
    app.UseControl();
    app.UseSwaggerPage();
    app.UseRouting();
    app.MapOpenApiDocuments();
    app.MapControlDocument();
    app.MapHealth();
    app.MapConsole();
}
