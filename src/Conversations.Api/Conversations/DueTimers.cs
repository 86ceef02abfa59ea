using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// Expires many timers at once. It is <see cref="ConversationTimers"/> for a caller that has locked the conversations
/// and knows which of their timers have expired.
/// </summary>
public sealed class DueTimers(ConversationsDbContext db, PostActionWebhooks webhooks)
{
    /// <param name="due">
    /// In the order of their dates. A conversation becomes inactive before it is closed, so two updates are enough.
    /// </param>
    public async Task ExpireAsync(IReadOnlyList<DueTimer> due, CancellationToken cancellationToken)
    {
        string[] inactive = [.. due.Where(timer => !timer.Closes).Select(timer => timer.ConversationSid)];
        string[] closed = [.. due.Where(timer => timer.Closes).Select(timer => timer.ConversationSid)];
        var conversations = await Of([.. inactive.Union(closed)]).ToDictionaryAsync(c => c.Sid, cancellationToken);
        if (inactive is not [])
        {
            await Of(inactive)
                .ExecuteUpdateAsync(
                    c =>
                        c.SetProperty(r => r.State, ConversationState.Inactive)
                            .SetProperty(r => r.DateUpdated, r => r.DateInactive!.Value),
                    cancellationToken
                );
        }

        if (closed is not [])
        {
            await CloseAsync(closed, cancellationToken);
        }

        var events = due.Select(timer => EventOf(timer, conversations[timer.ConversationSid])).ToList();
        await webhooks.AddAsync(events, cancellationToken);
    }

    private IQueryable<Conversation> Of(string[] sids) =>
        db.Set<Conversation>().AsNoTracking().Where(c => sids.Contains(c.Sid));

    private async Task CloseAsync(string[] sids, CancellationToken cancellationToken)
    {
        await Of(sids)
            .ExecuteUpdateAsync(
                c =>
                    c.SetProperty(r => r.State, ConversationState.Closed)
                        .SetProperty(r => r.DateUpdated, r => r.DateClosed!.Value)
                        .SetProperty(r => r.DateInactive, (DateTime?)null)
                        .SetProperty(r => r.DateClosed, (DateTime?)null),
                cancellationToken
            );
        await db.ReleaseAsync(sids, cancellationToken);
    }

    // The row gets its new state: the next timer of the same conversation starts from it.
    private static WebhookEvent EventOf(DueTimer timer, Conversation conversation)
    {
        var before = conversation.State;
        conversation.State = timer.Closes ? ConversationState.Closed : ConversationState.Inactive;
        return ConversationEvents.Expired(conversation, before, timer.Date);
    }
}
