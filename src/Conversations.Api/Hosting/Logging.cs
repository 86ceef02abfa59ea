using System.Globalization;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Sinks.SystemConsole.Themes;

namespace Conversations.Api.Hosting;

/// <summary>
/// Configures the log. It never contains an identity, an address, an attribute or a token. The framework's own lines
/// contain paths, so they are not logged; the section <c>Serilog</c> of the configuration can change that.
/// </summary>
public static class Logging
{
    // The queue for a slow reader of standard output. Lines beyond it are dropped, so that no request waits.
    private const int MaxQueuedLines = 100_000;

    private const string Template = "[{Timestamp:HH:mm:ss} {Level:u3}] {Message:lj}{NewLine}{Exception}";

    // Lines of the framework that start-up replaces by its own lines or by an error on standard error.
    private static readonly HashSet<string> ReplacedLines =
    [
        "Now listening on: {address}",
        "Hosting environment: {EnvName}",
        "Content root path: {ContentRoot}",
        "Application started. Press Ctrl+C to shut down.",
        "Hosting failed to start",
        "Unable to start Kestrel.",
    ];

    /// <exception cref="ConfigurationException">The section Serilog can't be used.</exception>
    public static void Configure(HostBuilderContext context, LoggerConfiguration logger)
    {
        logger
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("Polly", LogEventLevel.Fatal) // Every delivery already has a line.
            // An error of the database is either a conflict, which is expected, or is logged with its request.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Fatal)
            .Filter.ByExcluding(logEvent => ReplacedLines.Contains(logEvent.MessageTemplate.Text));
        SerilogSection.Read(logger, context.Configuration);
        if (System.Console.IsOutputRedirected)
        {
            logger.WriteTo.Sink(
                new StandardOutput(new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture)),
                new BatchingOptions { BufferingTimeLimit = TimeSpan.FromMilliseconds(200), QueueLimit = MaxQueuedLines }
            );
        }
        else
        {
            logger.WriteTo.Console(
                outputTemplate: Template,
                formatProvider: CultureInfo.InvariantCulture,
                theme: Theme()
            );
        }
    }

    // https://no-color.org
    private static ConsoleTheme Theme() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not "dumb"
            ? AnsiConsoleTheme.Literate
            : ConsoleTheme.None;

    /// <summary>
    /// Logs one line for each request. Paths may contain identities, so the line has the route's template instead, or
    /// the shape of a path without a route. The line of an error has Twilio's code and text.
    /// </summary>
    public static void OneLine(RequestLoggingOptions options, Serilog.ILogger logger)
    {
        options.Logger = logger; // The logger of this host. The default is a static one of the process.
        options.MessageTemplate = "{Method} {Route} {StatusCode}{Error} in {Elapsed:0.0} ms, {AccountSid}, {RequestId}";
        options.GetMessageTemplateProperties = (context, _, elapsed, status) =>
            [
                new LogEventProperty("Method", new ScalarValue(context.Request.Method)),
                new LogEventProperty("Route", new ScalarValue(RouteOf(context))),
                new LogEventProperty("StatusCode", new ScalarValue(status)),
                new LogEventProperty("Error", new ScalarValue(ErrorOf(context))),
                new LogEventProperty("Elapsed", new ScalarValue(elapsed)),
                new LogEventProperty("AccountSid", new ScalarValue(context.Features.Get<AccountOptions>()?.Sid ?? "-")),
                new LogEventProperty("RequestId", new ScalarValue(context.TraceIdentifier)),
            ];
        options.GetLevel = (context, _, exception) =>
            exception is not null || context.Response.StatusCode >= 500
                ? LogEventLevel.Error
                : LogEventLevel.Information;
    }

    /// <summary>
    /// The same for paths outside /v1. Only failures of the server and requests for unknown paths are logged there.
    /// </summary>
    public static void OneLineForPages(RequestLoggingOptions options, Serilog.ILogger logger)
    {
        OneLine(options, logger);
        var level = options.GetLevel;
        options.GetLevel = (context, elapsed, exception) =>
            level(context, elapsed, exception) is var failed and > LogEventLevel.Information ? failed
            : IsSilent(context.Request.Path) ? LogEventLevel.Verbose
            : LogEventLevel.Information;
    }

    /// <summary>Leaves out the successful reads of the console, of which an open page makes many.</summary>
    public static void SkipConsole(RequestLoggingOptions options)
    {
        var level = options.GetLevel;
        options.GetLevel = (context, elapsed, exception) =>
            level(context, elapsed, exception) is var failed and > LogEventLevel.Information ? failed
            : context.Request.IsReadOfConsole() ? LogEventLevel.Verbose
            : level(context, elapsed, exception);
    }

    private static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? PathShape.Of(context.Request);

    private static string ErrorOf(HttpContext context) =>
        context.Features.Get<TwilioError>() is { } error ? $" {error.Code} {error.LogText}" : "";

    // Health checks, and the files of the console and Swagger UI.
    private static bool IsSilent(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal)
        || path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/console", StringComparison.OrdinalIgnoreCase)
        || path == "/favicon.ico";
}
