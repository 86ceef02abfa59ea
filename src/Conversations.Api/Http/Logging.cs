using Conversations.Api.Accounts;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Events;

namespace Conversations.Api.Http;

/// <summary>
/// What goes into the log: never an identity, address or attribute, and no token. The framework's own lines carry paths and so stay
/// out; the section <c>Serilog</c> of the configuration can change that.
/// </summary>
public static class Logging
{
    public static void Configure(HostBuilderContext context, LoggerConfiguration logger) => logger
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)

        .MinimumLevel.Override("Polly", LogEventLevel.Fatal) // Every delivery has its own line.

        // What a database refuses is a rule that was kept, and what fails is logged with the request.
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database", LogEventLevel.Fatal)
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
        .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Error)
        .ReadFrom.Configuration(context.Configuration)
        .WriteTo.Console();

    /// <summary>One line a request. The path stays out, and the route's template stands in: identities are part of paths.</summary>
    public static void OneLine(RequestLoggingOptions options, Serilog.ILogger logger)
    {
        options.Logger = logger; // This host's own; the default is the process's.
        options.MessageTemplate = "{Method} {Route} {StatusCode} in {Elapsed:0.0} ms, {AccountSid}, {RequestId}";
        options.GetMessageTemplateProperties = (context, _, elapsed, status) =>
        [
            new LogEventProperty("Method", new ScalarValue(context.Request.Method)),
            new LogEventProperty("Route", new ScalarValue((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-")),
            new LogEventProperty("StatusCode", new ScalarValue(status)),
            new LogEventProperty("Elapsed", new ScalarValue(elapsed)),
            new LogEventProperty("AccountSid", new ScalarValue(context.Features.Get<AccountOptions>()?.Sid ?? "-")),
            new LogEventProperty("RequestId", new ScalarValue(context.TraceIdentifier)),
        ];
        options.GetLevel = (context, _, exception) => exception is not null || context.Response.StatusCode >= 500 ? LogEventLevel.Error
            : context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) ? LogEventLevel.Verbose
            : LogEventLevel.Information;
    }
}
