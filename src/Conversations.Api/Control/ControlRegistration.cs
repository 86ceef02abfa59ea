using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.OpenApi;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Authorization;

namespace Conversations.Api.Control;

/// <summary>
/// What a test needs besides Twilio's API, at /control. It is off in Production; then each path is 404. It has the
/// credentials of /v1, and a caller reaches its own account only. Nothing in /v1 knows of it.
/// </summary>
public static partial class ControlRegistration
{
    public static IServiceCollection AddControl(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        var options = ControlOptions.Of(configuration, environment);
        services.AddSingleton(options).AddSingleton<StoredAccounts>();
        if (!options.IsEnabled)
        {
            return services;
        }

        services.AddEndpointsApiExplorer();
        services.ConfigureHttpJsonOptions(json => TwilioJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddSingleton<ControlDocument>().AddSingleton(new OpenApiDefinition(ControlDocument.Name, "Control"));
        services.AddSingleton<Seeds>();
        services.AddScoped<ClockMoves>().AddScoped<DueRows>().AddSingleton<ClockReader>();
        services.AddHostedService(provider => provider.GetRequiredService<ClockReader>());
        services.AddScoped<AccountRows>().AddScoped<ErrorExplanations>().AddScoped<WebhookResending>();
        services.AddSingleton<Journal>().AddSingleton<FaultRules>().AddHostedService<FaultWorker>();
        services.AddSingleton<IWebhookFaults, WebhookFaults>().AddSingleton<IDeliveryRules, DeliveryFaults>();
        services.AddScoped<InboundRouting>().AddScoped<PhoneQueries>();
        return options.HasJournal
            ? services.AddSingleton<IWebhookObserver>(provider => provider.GetRequiredService<Journal>())
            : services;
    }

    /// <summary>The middleware around /v1 that keeps the journal; null without a journal.</summary>
    public static Action<IApplicationBuilder>? RequestObserver(this WebApplication app) =>
        app.Services.GetRequiredService<ControlOptions>().HasJournal
            ? api => api.UseMiddleware<RequestJournal>()
            : null;

    /// <summary>The middleware of /v1 that applies the rules of faults; null where nobody can make any.</summary>
    public static Action<IApplicationBuilder>? RequestInterceptor(this WebApplication app) =>
        app.Services.GetRequiredService<ControlOptions>().IsEnabled ? api => api.UseMiddleware<RequestFaults>() : null;

    public static void UseControl(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<ControlOptions>();
        var accounts = app.Services.GetRequiredService<AccountDirectory>();
        if (options.IsEnabled || accounts.TakesAny)
        {
            accounts.Stored = app.Services.GetRequiredService<StoredAccounts>().FindAsync;
        }

        if (options.IsEnabled)
        {
            app.Services.GetRequiredService<AccountClocks>().NextSids = app
                .Services.GetRequiredService<Seeds>()
                .NextSidsAsync;
            app.Map("/control", preserveMatchedPathSegment: true, control => UseBranch(control, options));
            app.Lifetime.ApplicationStarted.Register(() => LogOn(app.Logger, options.HasJournal ? "on" : "off"));
        }
    }

    /// <summary>Reads the moved clocks of the accounts before the first request.</summary>
    public static Task ReadClocksAsync(this WebApplication app) =>
        app.Services.GetService<ClockReader>()?.ReadAsync(CancellationToken.None) ?? Task.CompletedTask;

    /// <summary>Serves the OpenAPI document of /control.</summary>
    public static void MapControlDocument(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ControlOptions>().IsEnabled)
        {
            app.MapGet(
                    $"/swagger/{ControlDocument.Name}/swagger.json",
                    async (HttpRequest request, ControlDocument document) =>
                        Results.Bytes(await document.MakeAsync(request.PathBase), "application/json;charset=utf-8")
                )
                .ExcludeFromDescription();
        }
    }

    private static void UseBranch(IApplicationBuilder control, ControlOptions options)
    {
        control.Use(
            (context, next) =>
            {
                context.Features.Set(ControlProblems.Body);
                context.Response.Headers.CacheControl = "no-store";
                return next(context);
            }
        );
        control.UseMiddleware<TwilioErrorHandler>();
        control.UseStatusCodePages(ControlProblems.WriteAsync);
        control.Use(ControlProblems.CatchAsync);
        control.UseRouting();
        control.Use(RefuseForeignPagesAsync);
        control.UseWhen(context => !IsOpen(context), own => own.UseMiddleware<BasicAuthentication>());
        control.UseMiddleware<InputCheck>();
        control.Use(TellPageAsync);
        control.UseEndpoints(endpoints =>
        {
            endpoints.MapAccounts(options);
            endpoints.MapRows();
            endpoints.MapJournal();
            endpoints.MapFaults();
            endpoints.MapPhones();
            endpoints.MapConversations();
            endpoints.MapClock();
        });
    }

    private static bool IsOpen(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    // Browsers send Sec-Fetch-Site to localhost and over TLS, and Origin with every POST. What needs no credentials is
    // only for pages of this machine: a page could make its own name resolve to it (DNS rebinding).
    private static Task RefuseForeignPagesAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Headers["Sec-Fetch-Site"] == "cross-site"
        || context.Request.Headers.Origin.Any(origin =>
            !IsLocal(origin) && (IsOpen(context) || !IsOwn(context, origin))
        )
            ? ControlProblems.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Pages of other sites may not call /control."
            )
            : next(context);

    private static async Task TellPageAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (!HttpMethods.IsGet(context.Request.Method) && context.Features.Get<AccountOptions>() is { } account)
        {
            context.RequestServices.GetRequiredService<Journal>().Change(account.Sid);
        }
    }

    private static bool IsLocal(string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.IsLoopback;

    private static bool IsOwn(HttpContext context, string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        && url.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(
        LogLevel.Information,
        "/control is on: callers reset and change their accounts. Its journal is {Journal}"
    )]
    private static partial void LogOn(ILogger logger, string journal);
}
