using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Webhooks;

/// <summary>
/// The protocol of every write that a request makes:
/// <list type="number">
/// <item><c>check</c> reads what the request depends on, throws the first error in Twilio's order, and returns what it
/// found.</item>
/// <item><c>before</c> returns the pre-action event. Its webhook is called outside of any transaction. Then the check
/// runs again, with the changes that the webhook wants.</item>
/// <item>A transaction begins. <c>write</c> takes its row lock first, then writes, and saves the rows that events show.
/// An UPDATE also reads the columns that it does not set, so events and the answer show the stored row.</item>
/// <item><c>after</c> returns the post-action events. They become rows of the outbox in the same transaction.</item>
/// <item>Everything is saved and committed. On a conflict everything is rolled back and the protocol continues at step
/// 1: the check throws the error, or the write is tried again. When <c>write</c> finds a broken rule under the lock, it
/// throws the error. The protocol continues at step 1 once; if <c>write</c> throws again, that error is the
/// answer.</item>
/// </list>
/// </summary>
public sealed class Changes(ConversationsDbContext db, WebhookService webhooks)
{
    /// <summary>
    /// Whether this request has events, whose order then matters. It has none without X-Twilio-Webhook-Enabled: true.
    /// </summary>
    public bool HaveEvents => webhooks.Enabled;

    /// <summary>Runs the protocol.</summary>
    /// <param name="isOneStatement">
    /// Whether the write is one statement. Without events it then uses no explicit transaction, which saves round
    /// trips.
    /// </param>
    /// <returns>What the last check returned.</returns>
    /// <exception cref="TwilioException">
    /// A rule is broken; 50056: the pre-action webhook rejected the change; 20409: there were too many conflicts.
    /// </exception>
    public Task<T> RunAsync<T>(
        Func<Task<T>> check,
        Func<T, Task> write,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        Func<T, bool>? isOneStatement = null,
        CancellationToken cancellationToken = default
    ) => RunAsync(_ => check(), write, before, after, isOneStatement, cancellationToken);

    /// <summary>Runs the protocol.</summary>
    /// <param name="check">Its parameter is what the pre-action webhook wants changed; null before the call.</param>
    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, Func{T, Task}, Func{T, WebhookEvent}?,
    /// Func{T, IEnumerable{WebhookEvent}}?, Func{T, bool}?, CancellationToken)"/>
    public Task<T> RunAsync<T>(
        Func<WebhookChanges?, Task<T>> check,
        Func<T, Task> write,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        Func<T, bool>? isOneStatement = null,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            check,
            before,
            after,
            found =>
                isOneStatement?.Invoke(found) == true && (after is null || !webhooks.Enabled)
                    ? db.TryWriteAsync(() => write(found), cancellationToken)
                    : WriteAsync(found, () => write(found), after, cancellationToken),
            cancellationToken
        );

    /// <summary>Runs the protocol for a write of a single statement.</summary>
    /// <param name="write">By default it saves the tracked row that the check added or changed.</param>
    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, Func{T, Task}, Func{T, WebhookEvent}?,
    /// Func{T, IEnumerable{WebhookEvent}}?, Func{T, bool}?, CancellationToken)"/>
    public Task<T> SaveAsync<T>(
        Func<Task<T>> check,
        Func<T, Task>? write = null,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        CancellationToken cancellationToken = default
    ) => SaveAsync(_ => check(), write, before, after, cancellationToken);

    /// <summary>Runs the protocol for a write of a single statement.</summary>
    /// <param name="check">Its parameter is what the pre-action webhook wants changed; null before the call.</param>
    /// <inheritdoc cref="SaveAsync{T}(Func{Task{T}}, Func{T, Task}?, Func{T, WebhookEvent}?,
    /// Func{T, IEnumerable{WebhookEvent}}?, CancellationToken)"/>
    public Task<T> SaveAsync<T>(
        Func<WebhookChanges?, Task<T>> check,
        Func<T, Task>? write = null,
        Func<T, WebhookEvent>? before = null,
        Func<T, IEnumerable<WebhookEvent>>? after = null,
        CancellationToken cancellationToken = default
    ) =>
        RunAsync(
            check,
            write ?? (_ => db.SaveChangesAsync(cancellationToken)),
            before,
            after,
            isOneStatement: _ => true,
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
                if (after is not null && webhooks.Enabled)
                {
                    await webhooks.QueueAsync([.. after(found)], cancellationToken); // 4
                }
            },
            cancellationToken
        ); // 5
}
