using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// Deletes what is left of deleted conversations: those that had too many messages for one transaction. It continues
/// what a process left that ended. Every process has one; two may delete the same batch.
/// </summary>
public sealed class ConversationPurger(
    IServiceScopeFactory scopes,
    WorkSignal<ConversationPurger> signal,
    IHostApplicationLifetime lifetime,
    ILogger<ConversationPurger> logger
) : BackgroundWorker("The deletion of messages", lifetime, logger)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var hidden = await db.Set<Conversation>()
            .FirstOrDefaultAsync(c => c.AccountSid == Conversation.NoAccount, cancellationToken);
        if (hidden is null)
        {
            await signal.WaitAsync(Pause, cancellationToken);
            return;
        }

        await db.InTransactionAsync(
            async () =>
                await ConversationContent.DeleteMessagesAsync(db, hidden, cancellationToken)
                || await db.Set<Conversation>().Where(c => c.Sid == hidden.Sid).ExecuteDeleteAsync(cancellationToken)
                    > 0,
            cancellationToken
        );
    }
}
