using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Messages;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>Deletes a conversation with all that it has.</summary>
public sealed class ConversationDeletion(
    ConversationsDbContext db,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    TimeProvider clock
)
{
    /// <summary>The errors of <see cref="DeleteAsync"/>.</summary>
    public static IReadOnlyList<TwilioError> Errors { get; } = [TwilioErrors.ConversationInitializing];

    /// <summary>
    /// Deletes the conversation with its participants and messages, and releases what they held. A closed conversation
    /// can be deleted too.
    /// </summary>
    /// <remarks>
    /// A conversation with many messages is closed first, so that no message follows. Then most of its messages are
    /// deleted in batches, before the conversation.
    /// </remarks>
    public async Task DeleteAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        var change = await changes.RunAsync(
            check: () => CheckAsync(sidOrUniqueName, cancellationToken),
            before: found => ConversationEvents.Remove(found.Conversation),
            write: found =>
                found.HasManyMessages
                    ? CloseFirstAsync(found.Conversation, cancellationToken)
                    : RemoveAsync(found.Conversation, cancellationToken),
            after: found => found.HasManyMessages ? Closed(found) : Removed(found),
            cancellationToken: cancellationToken
        );
        if (change is not { HasManyMessages: true, Conversation: var closed })
        {
            return;
        }

        var batch = ConversationContent.MessagesOfBatch(closed.NonChatCount);
        for (var index = 0L; index < closed.NextMessageIndex; index += batch)
        {
            await DeleteMessagesAsync(closed.Sid, index, index + batch, cancellationToken);
            scope.RestartTimeout();
        }

        await changes.RunAsync(
            check: () => CheckAsync(closed.Sid, cancellationToken),
            write: found => RemoveAsync(found.Conversation, cancellationToken),
            after: Removed,
            cancellationToken: cancellationToken
        );

        IEnumerable<WebhookEvent> Closed(Deletion found) =>
            found.IsClosing
                ? ConversationEvents.Updated(found.Conversation, found.StateBefore, clock.GetUtcNow().UtcDateTime)
                : [];

        IEnumerable<WebhookEvent> Removed(Deletion found) =>
            [ConversationEvents.Removed(found.Conversation, found.StateBefore, clock.GetUtcNow().UtcDateTime)];
    }

    private async Task<Deletion> CheckAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        var found = await FindAsync(sidOrUniqueName, cancellationToken);
        ConversationState.RequireInitialized(found.State);
        return new(found, found.State)
        {
            HasManyMessages = found.NextMessageIndex > ConversationContent.MessagesOfBatch(found.NonChatCount),
        };
    }

    private Task<int> DeleteMessagesAsync(
        string conversationSid,
        long first,
        long end,
        CancellationToken cancellationToken
    ) =>
        db.InTransactionAsync(
            () =>
                db.Set<Message>()
                    .Where(m => m.ConversationSid == conversationSid && m.Index >= first && m.Index < end)
                    .ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );

    // The conversation as a tracked row. Its expired timers are settled.
    private async Task<Conversation> FindAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        Conversation found;
        do
        {
            found =
                await scope.ConversationNamed(sidOrUniqueName).AsTracking().SingleOrDefaultAsync(cancellationToken)
                ?? throw scope.NotFound();
        } while (await timers.SettleAsync([found], cancellationToken));

        return found;
    }

    // The end of the transaction deletes the row. It also deletes the conversation's own webhooks, which the events
    // still need.
    private async Task RemoveAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        if (!conversation.IsClosed)
        {
            await db.CloseAsync(conversation, cancellationToken);
        }

        db.Remove(conversation);
    }

    private async Task CloseFirstAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        if (!conversation.IsClosed)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            db.Entry(conversation).Write(c => c.DateUpdated, now, now);
            await db.CloseAsync(conversation, cancellationToken);
        }
    }

    /// <summary>A conversation that is deleted, and its state before.</summary>
    private sealed record Deletion(Conversation Conversation, string StateBefore)
    {
        public bool IsClosing => Conversation.IsClosed && StateBefore != ConversationState.Closed;

        /// <summary>Whether its messages may be too many for one transaction.</summary>
        public bool HasManyMessages { get; init; }
    }
}
