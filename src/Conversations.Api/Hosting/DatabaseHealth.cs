using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Conversations.Api.Hosting;

/// <summary>
/// Checks whether the database accepts writes. The check is an UPDATE that matches no row: a standby, a read-only
/// database or a locked file rejects it like any other write.
/// </summary>
public sealed class DatabaseHealth(ConversationsDbContext db) : IHealthCheck
{
    /// <summary>Longer than the usual timeout of a health probe.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await db.InTransactionAsync(
            () =>
                db.Set<Account>()
                    .Where(a => a.Sid == "")
                    .ExecuteUpdateAsync(
                        a => a.SetProperty(r => r.DefaultChatServiceSid, r => r.DefaultChatServiceSid),
                        cancellationToken
                    ),
            cancellationToken
        );
        return HealthCheckResult.Healthy();
    }
}
