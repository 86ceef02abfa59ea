using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ConversationWebhooks;

/// <summary>
/// Sends the earlier messages of a conversation to a new webhook: the event onMessageAdded for every message from the
/// index ReplayAfter on, in their order. The events are stored with the webhook, under the lock of the conversation's
/// row, so no message is sent twice or missed.
/// </summary>
public sealed class WebhookReplay(
    ConversationsDbContext db,
    PostActionWebhooks postAction,
    RequestScope scope,
    WorkSignal<WebhookSender> signal
)
{
    /// <summary>Adds the events. The webhook is saved already.</summary>
    public async Task AddAsync(ConversationWebhook webhook, CancellationToken cancellationToken)
    {
        if (
            webhook is not { Target: WebhookTarget.Webhook, ReplayAfter: { } start }
            || !webhook.Filters.Contains(WebhookEvents.MessageAdded)
        )
        {
            return;
        }

        scope.OnAnswered(signal.Signal);
        var messagingService = await db.Set<Conversation>()
            .Where(c => c.Sid == webhook.ConversationSid)
            .Select(c => c.MessagingServiceSid)
            .SingleAsync(cancellationToken);
        for (long next = start; ; )
        {
            var batch = await db.Set<Message>()
                .Where(m => m.ConversationSid == webhook.ConversationSid && m.Index >= next)
                .OrderBy(m => m.Index)
                .Take(ConversationsDbContext.BatchSize)
                .ToListAsync(cancellationToken);
            foreach (var message in batch)
            {
                await postAction.AddAsync(MessageEvents.Added(message, messagingService), webhook, cancellationToken);
            }

            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear(); // A conversation can have a million messages.
            if (batch.Count < ConversationsDbContext.BatchSize)
            {
                return;
            }

            next = batch[^1].Index + 1;
        }
    }
}
