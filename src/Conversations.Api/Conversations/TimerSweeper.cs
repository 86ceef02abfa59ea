using Conversations.Api.Data;

namespace Conversations.Api.Conversations;

/// <summary>
/// Settles the conversations whose timers have expired, each second. Every process has one; they share the work
/// through <see cref="ConversationTimers"/>.
/// </summary>
public sealed class TimerSweeper(
    IServiceScopeFactory scopes,
    IHostApplicationLifetime lifetime,
    ILogger<TimerSweeper> logger
) : BackgroundWorker("Settling the timers of conversations", lifetime, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await SweepAsync(cancellationToken) < ConversationTimers.BatchSize)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    // In random order, so that the sweepers of several servers do not wait for each other's rows.
    private async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        string[] due =
        [
            .. await InScopeAsync((timers, db) => timers.DueAsync(db.Set<Conversation>(), cancellationToken)),
        ];
        Random.Shared.Shuffle(due);
        foreach (var sid in due)
        {
            await InScopeAsync((timers, _) => timers.SettleAsync(sid, cancellationToken));
        }

        return due.Length;
    }

    private async Task<T> InScopeAsync<T>(Func<ConversationTimers, ConversationsDbContext, Task<T>> run)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        return await run(
            services.GetRequiredService<ConversationTimers>(),
            services.GetRequiredService<ConversationsDbContext>()
        );
    }
}
