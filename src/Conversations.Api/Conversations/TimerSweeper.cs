using Conversations.Api.Data;

namespace Conversations.Api.Conversations;

/// <summary>
/// Settles the conversations whose timers have expired, each second. Every process has one; they share the work
/// through <see cref="ConversationTimers"/>.
/// </summary>
public sealed class TimerSweeper(
    IServiceScopeFactory scopes,
    AccountClocks clocks,
    IHostApplicationLifetime lifetime,
    ILogger<TimerSweeper> logger
) : BackgroundWorker("Settling the timers of conversations", lifetime, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var count = await SweepAsync(accountSid: null, cancellationToken);
        foreach (var account in clocks.InUse)
        {
            count = Math.Max(count, await SweepAsync(account, cancellationToken));
        }

        if (count < ConversationTimers.BatchSize)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    // In random order, so that the sweepers of several servers do not wait for each other's rows.
    private async Task<int> SweepAsync(string? accountSid, CancellationToken cancellationToken)
    {
        string[] due =
        [
            .. await InScopeAsync(
                accountSid,
                (timers, db) => timers.DueAsync(clocks.RowsOf(db.Set<Conversation>(), accountSid), cancellationToken)
            ),
        ];
        Random.Shared.Shuffle(due);
        foreach (var sid in due)
        {
            await InScopeAsync(accountSid, (timers, _) => timers.SettleAsync(sid, cancellationToken));
        }

        return due.Length;
    }

    private async Task<T> InScopeAsync<T>(
        string? accountSid,
        Func<ConversationTimers, ConversationsDbContext, Task<T>> run
    )
    {
        await using var scope = scopes.CreateAccountScope(accountSid);
        var services = scope.ServiceProvider;
        return await run(
            services.GetRequiredService<ConversationTimers>(),
            services.GetRequiredService<ConversationsDbContext>()
        );
    }
}
