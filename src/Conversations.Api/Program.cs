using Conversations.Api;
using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Startup;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
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

    builder.WebHost.LimitRequests();
    builder.Host.UseSerilog(Logging.Configure, preserveStaticLogger: true);

    builder.Services.AddAccounts(builder.Configuration, builder.Environment);
    builder.Services.AddDatabase(builder.Configuration);
    builder.Services.AddTwilioHttp(builder.Configuration);
    builder.Services.AddOpenApiDocument();
    builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database", timeout: DatabaseHealth.Patience);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddScoped<ConfigurationService>();
    builder.Services.AddScoped<ChatServiceService>();
    builder.Services.AddScoped<ServiceConfigurationService>();
    builder.Services.AddScoped<ConversationService>();
    builder.Services.AddScoped<ParticipantService>();
    builder.Services.AddSingleton<ParticipantQueries>();
    builder.Services.AddScoped<GroupText>();
    builder.Services.AddScoped<UserService>();
    builder.Services.AddScoped<RoleService>();
    builder.Services.AddSingleton(_ => ServiceRows.AccountList<ChatService>());
    builder.Services.AddSingleton(_ => ServiceRows.List<Conversation>((c, state) => c.State == state));
    builder.Services.AddSingleton(_ => ServiceRows.List<User>());
    builder.Services.AddSingleton(_ => ServiceRows.List<Role>());
    builder.Services.AddSingleton(_ => ConversationRows.List<Participant>());
    builder.Services.AddSingleton(_ => ConversationRows.List<ConversationWebhook>());
    builder.Services.AddWebhooks(builder.Configuration);

    await using var app = builder.Build();
    app.UseTwilioHttp();
    app.UseSwaggerPage();
    app.MapControllers();
    app.MapOpenApiDocuments();
    app.MapHealth();
    app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription();

    await app.MigrateAsync();
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
