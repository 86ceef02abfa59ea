using FluentValidation;
using FluentValidation.AspNetCore;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Serilog;
using IPNetwork = System.Net.IPNetwork;

namespace Conversations.Api.Http;

/// <summary>Puts Twilio's wire together: what stands before the controllers, in the order in which a request meets it.</summary>
public static class HttpRegistration
{
    // No form here comes near: the largest parameter is 16 KB of attributes.
    private const int MaxRequestBodyBytes = 1 << 20;

    public static IServiceCollection AddTwilioHttp(this IServiceCollection services, IConfiguration configuration)
    {
        // The core alone: AddControllers brings authentication and authorization of its own, two middlewares that find nothing to do here.
        services.AddMvcCore(mvc =>
            {
                mvc.ValueProviderFactories.Clear();
                mvc.ValueProviderFactories.Add(new RouteValueProviderFactory());
                mvc.ValueProviderFactories.Add(new ParametersFactory());
                mvc.ModelBinderProviders.Insert(0, new LastValueBinder());
                mvc.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
                mvc.OutputFormatters.RemoveType<StringOutputFormatter>();
                mvc.Filters.Add(new ProducesAttribute("application/json"));
            })
            .ConfigureApiBehaviorOptions(api => api.SuppressModelStateInvalidFilter = api.SuppressMapClientErrors = true) // Errors are thrown.
            .AddApiExplorer()
            .AddJsonOptions(json => TwilioJson.Configure(json.JsonSerializerOptions));

        // Forms are checked by their services, see Validation.
        services.AddFluentValidationAutoValidation();
        var fluent = services.Last(service => service.ServiceType == typeof(IObjectModelValidator)).ImplementationFactory!;
        services.AddSingleton<IObjectModelValidator>(provider => new QueryValidator((IObjectModelValidator)fluent(provider)));
        services.AddValidatorsFromAssemblyContaining<TwilioException>(ServiceLifetime.Singleton);
        services.AddTransient<IValidatorInterceptor, ThrowFirstError>();
        services.Configure<FormOptions>(form => form.ValueCountLimit = form.KeyLengthLimit = form.ValueLengthLimit = MaxRequestBodyBytes); // The body's limit is enough.
        var limits = LimitOptions.Of(configuration);
        services.AddSingleton(limits).AddThrottling(limits);

        services.AddSingleton<SocketTransportFactory>().AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<Draining>()); // Kestrel takes the last one.
        services.AddHttpContextAccessor().AddScoped<RequestScope>().AddSingleton(new PublicUrl(configuration["PublicUrl"]));

        // X-Forwarded-* counts only from an address or network (10.0.0.0/8) of the setting TrustedProxies.
        var named = configuration.GetSection("TrustedProxies").Get<string[]>() ?? [];
        IPNetwork[] proxies = [.. named.Where(text => text.Length > 0).Select(Networks.Parse)];
        services.Configure<ForwardedHeadersOptions>(options => Trust(options, proxies));
        return services;
    }

    public static void LimitRequests(this IWebHostBuilder host) => host.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;

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
        app.UseSerilogRequestLogging(options => Logging.OneLine(options, app.Services.GetRequiredService<Serilog.ILogger>()));
        app.UseMiddleware<TwilioHeaders>();
        app.UseMiddleware<TwilioErrorHandler>();
        app.UseStatusCodePages(context => ErrorOf(context.HttpContext).WriteAsync(context.HttpContext.Response));
        app.Use((context, next) =>
        {
            PathPieces.KeepDots(context.Request);
            return next(context);
        });
        app.UseMiddleware<BasicAuthentication>();
        app.UseRouting();
        app.UseMiddleware<PathPieces>();
        if (app.Environment.IsDevelopment())
        {
            app.UseMiddleware<Hints>();
        }

        app.UseThrottling(app.Services.GetRequiredService<LimitOptions>());
    }

    // What the framework refuses without a body of its own.
    private static TwilioError ErrorOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => TwilioErrors.NotFound(PathPieces.PathWithoutVersion(context.Request)),
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
