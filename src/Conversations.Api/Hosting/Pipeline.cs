using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.AspNetCore;
using IPNetwork = System.Net.IPNetwork;

namespace Conversations.Api.Hosting;

/// <summary>The web server's limits, and the middlewares in the order in which a request meets them.</summary>
public static class Pipeline
{
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddThrottling(LimitOptions.Of(configuration));
        services.AddSingleton<SocketTransportFactory>().AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());

        // Kestrel uses the factory that is registered last.
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<Draining>());

        // HostFilter replaces the framework's own filter, whose answer is an HTML page.
        services.PostConfigure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);

        // X-Forwarded-* is used only from an address or network (10.0.0.0/8) of the setting TrustedProxies.
        var named = configuration.GetSection("TrustedProxies").Get<string[]>() ?? [];
        IPNetwork[] proxies = [.. named.Where(text => text.Length > 0).Select(Networks.Parse)];
        services.Configure<ForwardedHeadersOptions>(options => Trust(options, proxies));
        return services;
    }

    public static void LimitRequests(this IWebHostBuilder host) =>
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = WireRegistration.MaxRequestBodyBytes;

            // Kestrel's defaults, stated here because src/docs/operations.md promises them.
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

            // A connection whose request waits, or whose client does not read, holds no more than this. (By default
            // Kestrel reads 1 MB of a body before anyone asks for it.)
            kestrel.Limits.MaxRequestBufferSize = kestrel.Limits.MaxResponseBufferSize = 64 * 1024;
            kestrel.Limits.MaxConcurrentConnections = LimitOptions.MaxConnections;
        });

    /// <summary>
    /// The pipeline has one branch. /v1 is Twilio's API: its headers and CORS, its errors, authentication, rate limits.
    /// All other paths (Swagger UI, health) are plain ASP.NET Core: each sets its own policy, and none has CORS.
    /// </summary>
    /// <param name="observe">Adds a middleware around /v1; null for none.</param>
    /// <param name="intercept">Adds one before the operation of an authenticated request; null for none.</param>
    public static void UsePipeline(
        this WebApplication app,
        Action<IApplicationBuilder>? observe,
        Action<IApplicationBuilder>? intercept
    )
    {
        var draining = app.Services.GetRequiredService<Draining>();
        var forwarded = app.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;
        if (forwarded.ForwardedHeaders != ForwardedHeaders.None)
        {
            app.UseMiddleware<ForwardedScheme>();
            app.UseForwardedHeaders();
        }

        app.Use(
            (context, next) =>
            {
                draining.CloseAfterAnswer(context.Response);
                context.TraceIdentifier = "RQ" + Random.Shared.GetHexString(32, lowercase: true);
                SafeHeaders.Set(context);
                PathSegments.KeepDots(context.Request);
                return next(context);
            }
        );
        app.Map("/v1", preserveMatchedPathSegment: true, api => UseTwilioApi(api, app, observe, intercept));

        app.UseSerilogRequestLogging(options => LogLines(options, app, Logging.OneLineForPages));
        app.UseMiddleware<HostFilter>();
        app.UseExceptionHandler(WriteInternalServerError);
        app.UseStatusCodePages(WriteErrorAsync);
    }

    private static void UseTwilioApi(
        IApplicationBuilder api,
        WebApplication app,
        Action<IApplicationBuilder>? observe,
        Action<IApplicationBuilder>? intercept
    )
    {
        api.UseSerilogRequestLogging(options => LogLines(options, app, Logging.OneLine));
        observe?.Invoke(api);
        api.UseMiddleware<HostFilter>();
        api.UseMiddleware<TwilioHeaders>();
        api.UseMiddleware<TwilioErrorHandler>();
        api.UseStatusCodePages(WriteErrorAsync);
        api.UseMiddleware<BasicAuthentication>();
        api.UseMiddleware<ConcurrencyLimit>();
        api.UseRouting();
        api.UseMiddleware<PathSegments>();
        if (app.Environment.IsDevelopment())
        {
            api.UseMiddleware<Hints>();
        }

        api.UseThrottling(app.Services.GetRequiredService<LimitOptions>());
        intercept?.Invoke(api);
        api.UseEndpoints(endpoints => endpoints.MapControllers());
    }

    // In Production a client must not hide its requests.
    private static void LogLines(
        RequestLoggingOptions options,
        WebApplication app,
        Action<RequestLoggingOptions, Serilog.ILogger> configure
    )
    {
        configure(options, app.Services.GetRequiredService<Serilog.ILogger>());
        if (app.Environment.IsDevelopment())
        {
            Logging.SkipConsole(options);
        }
    }

    // The exception handler logs the exception.
    private static void WriteInternalServerError(IApplicationBuilder handler) =>
        handler.Run(context => TwilioErrors.InternalServerError.WriteAsync(context.Response));

    private static Task WriteErrorAsync(StatusCodeContext context) =>
        ErrorOf(context.HttpContext).WriteAsync(context.HttpContext.Response);

    // The error for an answer of the framework that has no body.
    private static TwilioError ErrorOf(HttpContext context) =>
        context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => TwilioErrors.NotFound(PathSegments.PathWithoutVersion(context.Request)),
            StatusCodes.Status405MethodNotAllowed => TwilioErrors.MethodNotAllowed,
            StatusCodes.Status413PayloadTooLarge => TwilioErrors.RequestTooLarge,
            _ => TwilioErrors.MalformedRequest,
        };

    private static void Trust(ForwardedHeadersOptions options, IPNetwork[] proxies)
    {
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        options.ForwardedHeaders = proxies is [] ? ForwardedHeaders.None : ForwardedHeaders.All;
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }
    }
}
