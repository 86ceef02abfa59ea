using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Conversations.Api;

/// <summary>What a process of this server does besides answering Twilio's API.</summary>
public static class Hosting
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

/// <summary>Whether the database takes writes: one that changes nothing passes a standby, a read-only database or a locked file no more than any other does.</summary>
public sealed class DatabaseHealth(ConversationsDbContext db) : IHealthCheck
{
    /// <summary>Longer than any prober waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await db.InTransactionAsync(
            () => db.Set<Account>().Where(a => a.Sid == "")
                .ExecuteUpdateAsync(a => a.SetProperty(r => r.DefaultChatServiceSid, r => r.DefaultChatServiceSid), cancellationToken),
            cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
