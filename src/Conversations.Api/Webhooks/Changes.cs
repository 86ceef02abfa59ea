using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The protocol of every write that a request makes:
/// <list type="number">
/// <item><c>check</c> reads what the request depends on, throws what is wrong with it in Twilio's order, and returns what it found.</item>
/// <item><c>before</c> names the pre-action event. Its webhook is asked outside of any transaction; afterwards the check runs again, with
/// what the webhook wants changed.</item>
/// <item>A transaction begins. <c>write</c> takes its row lock first, then writes.</item>
/// <item><c>after</c> names the post-action events. They become rows of the outbox in the same transaction.</item>
/// <item>Everything is saved and committed. On a conflict everything is rolled back and step 1 runs again: it names the error, or the write
/// is tried once more. A rule that is broken behind the lock is thrown by <c>write</c>: the check runs again, and if it passes and the rule
/// is still broken, that error is the answer.</item>
/// </list>
/// </summary>
public sealed class Changes(ConversationsDbContext db, WebhookService webhooks)
{
    /// <summary>Whether this request has events, so that their order matters. Without X-Twilio-Webhook-Enabled: true it has none.</summary>
    public bool HaveEvents => webhooks.Enabled;

    /// <summary>Runs the protocol.</summary>
    /// <returns>What the last check found.</returns>
    /// <exception cref="TwilioException">A broken rule; 50056 when the pre-action webhook refused; 20409 after too many conflicts.</exception>
    public Task<T> RunAsync<T>(
        Func<Task<T>> check,
        Func<T, Task> write,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        CancellationToken cancellationToken = default
    ) => RunAsync(_ => check(), write, before, after, cancellationToken);

    /// <summary>Runs the protocol.</summary>
    /// <param name="check">Gets what the pre-action webhook wants changed; null before it was asked.</param>
    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, Func{T, Task}, Func{T, WebhookEvent}?, Func{T, IEnumerable{WebhookEvent}}?, CancellationToken)"/>
    public Task<T> RunAsync<T>(
        Func<WebhookChanges?, Task<T>> check,
        Func<T, Task> write,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            check,
            before,
            after,
            found => WriteAsync(found, () => write(found), after, cancellationToken),
            cancellationToken
        );

    /// <summary>
    /// Runs the protocol for a write that consists of the tracked rows which the check added or changed. Without events these are saved at
    /// once, and no transaction begins.
    /// </summary>
    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, Func{T, Task}, Func{T, WebhookEvent}?, Func{T, IEnumerable{WebhookEvent}}?, CancellationToken)"/>
    public Task<T> SaveAsync<T>(
        Func<Task<T>> check,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        CancellationToken cancellationToken = default
    ) => SaveAsync(_ => check(), before, after, cancellationToken);

    /// <summary>Runs the protocol for tracked rows.</summary>
    /// <param name="check">Gets what the pre-action webhook wants changed; null before it was asked.</param>
    /// <inheritdoc cref="SaveAsync{T}(Func{Task{T}}, Func{T, WebhookEvent}?, Func{T, IEnumerable{WebhookEvent}}?, CancellationToken)"/>
    public Task<T> SaveAsync<T>(
        Func<WebhookChanges?, Task<T>> check,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            check,
            before,
            after,
            found =>
                after is null || !webhooks.Enabled
                    ? db.TrySaveAsync(cancellationToken)
                    : WriteAsync(found, () => db.SaveChangesAsync(cancellationToken), after, cancellationToken),
            cancellationToken
        );

    private async Task<T> RunAsync<T>(
        Func<WebhookChanges?, Task<T>> check,
        Func<T, WebhookEvent>? before,
        Func<T, IEnumerable<WebhookEvent>>? after,
        Func<T, Task<bool>> tryWrite,
        CancellationToken cancellationToken
    )
    {
        WebhookChanges? wanted = null;
        TwilioException? broken = null;
        for (var attempt = 1; attempt <= ConversationsDbContext.MaxAttempts; attempt++)
        {
            db.ChangeTracker.Clear();
            var found = await check(wanted); // 1
            if (
                attempt == 1
                && before is not null
                && (wanted = await webhooks.AskAsync(() => before(found), cancellationToken)) is not null
            ) // 2
            {
                db.ChangeTracker.Clear();
                found = await check(wanted);
            }

            try
            {
                if (await tryWrite(found)) // 3 to 5
                {
                    await webhooks.HintAsync(() => after is null ? [] : after(found), cancellationToken);
                    return found;
                }
            }
            catch (TwilioException exception) when (broken is null)
            {
                broken = exception;
            }
        }

        throw new TwilioException(TwilioErrors.Conflict);
    }

    private Task<bool> WriteAsync<T>(
        T found,
        Func<Task> write,
        Func<T, IEnumerable<WebhookEvent>>? after,
        CancellationToken cancellationToken
    ) =>
        db.TryInTransactionAsync(
            async () =>
            {
                await write(); // 3
                foreach (var happened in after is null || !webhooks.Enabled ? [] : after(found)) // 4
                {
                    await webhooks.QueueAsync(happened, cancellationToken);
                }
            },
            cancellationToken
        ); // 5
}
