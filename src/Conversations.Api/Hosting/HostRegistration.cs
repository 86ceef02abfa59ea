using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Conversations.Api.Hosting;

/// <summary>Where the server listens by default, and its health checks.</summary>
public static class HostRegistration
{
    internal const string DefaultAddress = "http://localhost:8080";

    /// <summary>http://localhost:8080, unless a setting of ASP.NET Core (ASPNETCORE_URLS, --urls, ASPNETCORE_HTTP_PORTS, Kestrel:Endpoints) names another.</summary>
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

    /// <summary>/health/live says that the process answers, /health/ready that its database takes writes.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
    }
}
