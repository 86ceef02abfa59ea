using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Conversations.Api.Hosting;

/// <summary>
/// Checks whether the database accepts writes. The check is an UPDATE that matches no row: a standby, a read-only
/// database or a locked file rejects it like any other write. Anybody may ask, so there is one check at a time, and its
/// result is valid for a second.
/// </summary>
public sealed class DatabaseHealth(IServiceScopeFactory scopes, TimeProvider clock) : IHealthCheck
{
    /// <summary>Longer than the usual timeout of a health probe.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Lock turn = new();

    private Task latest = Task.CompletedTask;

    private long? ended;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await Latest().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (Database.IsUnavailable(exception))
        {
            return new(context.Registration.FailureStatus, exception.Message); // One line of the log, for each probe.
        }
    }

    private Task Latest()
    {
        lock (turn)
        {
            if (latest.IsCompleted && (ended is not { } end || clock.GetElapsedTime(end) >= MaxAge))
            {
                latest = Task.Run(CheckAsync);
            }

            return latest;
        }
    }

    private async Task CheckAsync()
    {
        using CancellationTokenSource timeout = new(Timeout);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            await db.InTransactionAsync(
                () =>
                    db.Set<Account>()
                        .Where(a => a.Sid == "")
                        .ExecuteUpdateAsync(
                            a => a.SetProperty(r => r.DefaultChatServiceSid, r => r.DefaultChatServiceSid),
                            timeout.Token
                        ),
                timeout.Token
            );
        }
        finally
        {
            lock (turn)
            {
                ended = clock.GetTimestamp();
            }
        }
    }
}
