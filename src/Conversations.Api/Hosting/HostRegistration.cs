using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Conversations.Api.Hosting;

/// <summary>The default address of the server, and its health checks.</summary>
public static class HostRegistration
{
    internal const string DefaultAddress = "http://localhost:8080";

    /// <summary>
    /// Listens on http://localhost:8080, unless a setting of ASP.NET Core names another address (ASPNETCORE_URLS,
    /// --urls, ASPNETCORE_HTTP_PORTS, Kestrel:Endpoints).
    /// </summary>
    public static void UseDefaultAddress(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        string[] keys = ["urls", "http_ports", "https_ports"];
        var hasOthers = configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!hasOthers && keys.All(key => string.IsNullOrEmpty(configuration[key])))
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }
    }

    /// <summary>/health/live: the process answers. /health/ready: its database accepts writes.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
    }
}
