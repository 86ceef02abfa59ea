using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>Deletes a conversation with all that it has.</summary>
public sealed class ConversationDeletion(
    ConversationsDbContext db,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    WorkSignal<Purger> signal,
    AccountClock clock
)
{
    /// <summary>The errors of <see cref="DeleteAsync"/>.</summary>
    public static IReadOnlyList<TwilioError> Errors { get; } = [TwilioErrors.ConversationInitializing];

    /// <summary>
    /// Deletes the conversation with its participants and messages, and releases what they held. A closed conversation
    /// can be deleted too.
    /// </summary>
    /// <remarks>
    /// A conversation that may have too many messages for one transaction disappears at once, with its participants.
    /// <see cref="Purger"/> then deletes its messages.
    /// </remarks>
    public async Task DeleteAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        var change = await changes.RunAsync(
            check: () => CheckAsync(sidOrUniqueName, cancellationToken),
            before: found => ConversationEvents.Remove(found.Conversation),
            write: found =>
                found.HasManyMessages
                    ? db.HideAsync(found.Conversation, cancellationToken)
                    : RemoveAsync(found.Conversation, cancellationToken),
            after: found => [ConversationEvents.Removed(found.Conversation, found.StateBefore, clock.Now)],
            cancellationToken: cancellationToken
        );
        if (change.HasManyMessages)
        {
            signal.Signal();
        }
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

    /// <summary>A conversation that is deleted, and its state before.</summary>
    private sealed record Deletion(Conversation Conversation, string StateBefore)
    {
        /// <summary>Whether its messages may be too many for one transaction.</summary>
        public bool HasManyMessages { get; init; }
    }
}
