using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Serilog;
using IPNetwork = System.Net.IPNetwork;

namespace Conversations.Api.Hosting;

/// <summary>The web server and what stands before the controllers, in the order in which a request meets it.</summary>
public static class Pipeline
{
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddThrottling(LimitOptions.Of(configuration));
        services.AddSingleton<SocketTransportFactory>().AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<Draining>()); // Kestrel takes the last one.

        // X-Forwarded-* counts only from an address or network (10.0.0.0/8) of the setting TrustedProxies.
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

            // Kestrel's own defaults, which src/docs/operations.md promises.
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });

    public static void UseTwilioHttp(this WebApplication app)
    {
        app.UseForwardedHeaders();
        var draining = app.Services.GetRequiredService<Draining>();
        app.Use(
            (context, next) =>
            {
                draining.CloseAfterAnswer(context.Response);
                return next(context);
            }
        );
        app.UseSerilogRequestLogging(options =>
            Logging.OneLine(options, app.Services.GetRequiredService<Serilog.ILogger>())
        );
        app.UseMiddleware<TwilioHeaders>();
        app.UseMiddleware<TwilioErrorHandler>();
        app.UseStatusCodePages(context => ErrorOf(context.HttpContext).WriteAsync(context.HttpContext.Response));
        app.Use(
            (context, next) =>
            {
                PathSegments.KeepDots(context.Request);
                return next(context);
            }
        );
        app.UseMiddleware<BasicAuthentication>();
        app.UseRouting();
        app.UseMiddleware<PathSegments>();
        if (app.Environment.IsDevelopment())
        {
            app.UseMiddleware<Hints>();
        }

        app.UseThrottling(app.Services.GetRequiredService<LimitOptions>());
    }

    // What the framework refuses without a body of its own.
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
