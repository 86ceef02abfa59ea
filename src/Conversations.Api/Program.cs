using Conversations.Api;
using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.AspNetCore.Connections;
using Serilog;

try
{
    // No watch on the working folder: the database may lie there, and every write to it would wake the watch.
    var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
    builder.UseDefaultAddress();
    builder.WebHost.LimitRequests();
    builder.Host.UseSerilog(Logging.Configure, preserveStaticLogger: true);

    builder.Services.AddAccounts(builder.Configuration, builder.Environment);
    builder.Services.AddDatabase(builder.Configuration);
    builder.Services.AddTwilioHttp(builder.Configuration);
    builder.Services.AddOpenApiDocument();
    builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database", timeout: DatabaseHealth.Patience);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddScoped<ChatServiceService>();
    builder.Services.AddScoped<ConversationService>();
    builder.Services.AddScoped<ParticipantService>();
    builder.Services.AddSingleton<ParticipantQueries>();
    builder.Services.AddScoped<GroupText>();
    builder.Services.AddScoped<UserService>();
    builder.Services.AddSingleton<UserQueries>();
    builder.Services.AddScoped<RoleService>();
    builder.Services.AddWebhooks(builder.Configuration);

    await using var app = builder.Build();
    app.UseTwilioHttp();
    app.UseSwaggerPage();
    app.MapControllers();
    app.MapOpenApiDocuments();
    app.MapHealth();
    app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription();

    await app.MigrateAsync();
    if (WebhookCommands.Of(args) is { } command)
    {
        return await WebhookCommands.RunAsync(app, command);
    }

    app.SayWhereToStart();
    await app.RunAsync();
    return 0;
}
catch (ConfigurationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
catch (IOException exception) when (exception.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{exception.Message} ASPNETCORE_URLS names another address.");
    return 1;
}
