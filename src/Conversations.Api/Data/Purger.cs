namespace Conversations.Api.Data;

/// <summary>
/// Finishes large deletions, see <see cref="Remainder"/>. It continues what a process left that ended. Every process
/// has one; two may take the same batch.
/// </summary>
public sealed class Purger(
    IServiceScopeFactory scopes,
    IEnumerable<Remainder> remainders,
    WorkSignal<Purger> signal,
    IHostApplicationLifetime lifetime,
    ILogger<Purger> logger
) : BackgroundWorker("The rest of a large deletion", lifetime, logger)
{
    private readonly Queue<Remainder> turns = new(remainders);

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var isMore = false;
        for (var number = 0; number < turns.Count; number++)
        {
            // After a failure the next round begins with the next one, so that one can't stop the others.
            var remainder = turns.Dequeue();
            turns.Enqueue(remainder);
            isMore |= await remainder.PurgeAsync(db, cancellationToken);
        }

        if (!isMore)
        {
            await signal.WaitAsync(Pause, cancellationToken);
        }
    }
}
