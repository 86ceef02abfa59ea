namespace Conversations.Api.Data;

/// <summary>
/// Deletes what is left of deleted rows. It continues what a process left that ended. Every process has one; two may
/// delete the same batch.
/// </summary>
public sealed class Purger(
    IServiceScopeFactory scopes,
    IEnumerable<Remainder> remainders,
    WorkSignal<Purger> signal,
    IHostApplicationLifetime lifetime,
    ILogger<Purger> logger
) : BackgroundWorker("The rest of a large deletion", lifetime, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var isMore = false;
        foreach (var remainder in remainders)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
            isMore |= await remainder.PurgeAsync(db, cancellationToken);
        }

        if (!isMore)
        {
            await signal.WaitAsync(Pause, cancellationToken);
        }
    }
}
