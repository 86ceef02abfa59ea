using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// Reads the moved clocks of all accounts each second, because another server of the database may have moved one. So
/// the requests of /v1 read nothing.
/// </summary>
public sealed class ClockReader(
    IServiceScopeFactory scopes,
    AccountClocks clocks,
    IHostApplicationLifetime lifetime,
    ILogger<ClockReader> logger
) : BackgroundWorker("Reading the clocks of accounts", lifetime, logger)
{
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var seen = clocks.Changes;
        await using var scope = scopes.CreateAsyncScope();
        var stored = await scope
            .ServiceProvider.GetRequiredService<ConversationsDbContext>()
            .Set<StoredClock>()
            .ToDictionaryAsync(c => c.AccountSid, c => c.Clock, cancellationToken);
        clocks.Replace(stored, seen);
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (Database.IsUnavailable(exception)) { } // The other workers log it.

        await Task.Delay(Pause, cancellationToken);
    }
}
