using System.Globalization;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Sinks.SystemConsole.Themes;

namespace Conversations.Api.Hosting;

/// <summary>
/// What goes into the log: never an identity, address or attribute, and no token. The framework's own lines carry paths and so stay
/// out; the section <c>Serilog</c> of the configuration can change that.
/// </summary>
public static class Logging
{
    // Lines that wait for a slow reader of standard output; what comes then is dropped, and no request waits.
    private const int MaxWaiting = 100_000;

    private const string Template = "[{Timestamp:HH:mm:ss} {Level:u3}] {Message:lj}{NewLine}{Exception}";

    // Lines of the framework that the start says better, or says on standard error.
    private static readonly HashSet<string> SaidOtherwise =
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
            .MinimumLevel.Override("Polly", LogEventLevel.Fatal) // Every delivery has its own line.
            // What a database refuses is a rule that was kept, and what fails is logged with the request.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Database", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Update", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Query", LogEventLevel.Error)
            .Filter.ByExcluding(logEvent => SaidOtherwise.Contains(logEvent.MessageTemplate.Text));
        SerilogSection.Read(logger, context.Configuration);
        if (Console.IsOutputRedirected)
        {
            logger.WriteTo.Sink(
                new StandardOutput(new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture)),
                new BatchingOptions { BufferingTimeLimit = TimeSpan.FromMilliseconds(200), QueueLimit = MaxWaiting }
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
    /// One line a request. The path stays out, and the route's template stands in, or the shape of a path that no route
    /// serves: identities are part of paths. An error has its code and text.
    /// </summary>
    public static void OneLine(RequestLoggingOptions options, Serilog.ILogger logger)
    {
        options.Logger = logger; // This host's own; the default is the process's.
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

    /// <summary>The same for paths outside /v1, where only failures of the server are worth a line, and requests that nothing serves.</summary>
    public static void OneLineForPages(RequestLoggingOptions options, Serilog.ILogger logger)
    {
        OneLine(options, logger);
        var level = options.GetLevel;
        options.GetLevel = (context, elapsed, exception) =>
            level(context, elapsed, exception) is var failed and > LogEventLevel.Information ? failed
            : IsSilent(context.Request.Path) ? LogEventLevel.Verbose
            : LogEventLevel.Information;
    }

    private static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? PathShape.Of(context.Request);

    private static string ErrorOf(HttpContext context) =>
        context.Features.Get<TwilioError>() is { } error ? $" {error.Code} {error.LogText}" : "";

    // Health checks, and the files of Swagger UI.
    private static bool IsSilent(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal)
        || path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase)
        || path == "/favicon.ico";
}

/// <summary>
/// Standard output, written in batches: the console's own sink writes every line by itself, on the request's thread, which takes more time
/// than all else that this server adds to a read.
/// </summary>
public sealed class StandardOutput(ITextFormatter formatter) : IBatchedLogEventSink
{
    public async Task EmitBatchAsync(IReadOnlyCollection<LogEvent> batch)
    {
        await using StreamWriter output = new(Console.OpenStandardOutput(), bufferSize: 1 << 15);
        foreach (var logEvent in batch)
        {
            formatter.Format(logEvent, output);
        }
    }
}

/// <summary>The section Serilog. Serilog throws for some mistakes there, and tells others to its own log only.</summary>
public static class SerilogSection
{
    private const string Name = "Serilog";

    /// <exception cref="ConfigurationException">Something in the section can't be used.</exception>
    public static void Read(LoggerConfiguration logger, IConfiguration configuration)
    {
        var section = configuration.GetSection(Name);
        if (section.GetChildren().All(child => child.Key.Equals("MinimumLevel", StringComparison.OrdinalIgnoreCase)))
        {
            logger.ReadFrom.Configuration(configuration); // The levels have been checked.
            return;
        }

        List<string> mistakes = [];
        SelfLog.Enable(line => mistakes.Add(line[(line.IndexOf(' ') + 1)..].Split(" Candidate methods")[0])); // After a date.
        try
        {
            logger.ReadFrom.Configuration(configuration);
        }
        catch (Exception exception)
            when (exception
                    is InvalidOperationException
                        or ArgumentException
                        or IOException
                        or FormatException
                        or TypeLoadException
                        or BadImageFormatException
            )
        {
            mistakes.Add(exception.Message);
        }
        finally
        {
            SelfLog.Disable();
        }

        if (mistakes is [var mistake, ..])
        {
            var named =
                section
                    .AsEnumerable()
                    .Where(pair => !string.IsNullOrEmpty(pair.Value))
                    .FirstOrDefault(pair => mistake.Contains(pair.Value!, StringComparison.Ordinal))
                    .Key
                ?? Name;
            throw new ConfigurationException(
                $"{named.Replace(":", "__", StringComparison.Ordinal)}: {Sentence.Of(mistake)}"
            );
        }
    }
}
