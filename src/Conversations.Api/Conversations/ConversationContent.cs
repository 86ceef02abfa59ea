using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The number of rows that conversations have. A large number of them is deleted in batches.
/// </summary>
public static class ConversationContent
{
    /// <summary>
    /// The conversations of a service are deleted with it, each with its participants and messages.
    /// </summary>
    public static ServiceContent OfService { get; } = new(AreManyAsync, DeleteBatchAsync);

    /// <summary>The messages of deleted conversations that had too many of them for one transaction.</summary>
    public static Remainder Remainder { get; } = new(PurgeAsync);

    /// <summary>The number of a conversation's messages that are deleted in one transaction.</summary>
    /// <remarks>
    /// A message may have a receipt for each participant with an address. It is deleted with the message.
    /// </remarks>
    public static int MessagesOfBatch(int nonChatCount) => ConversationsDbContext.BatchSize / (1 + nonChatCount);

    /// <summary>Deletes a batch of the messages of a hidden conversation, from the lowest index on.</summary>
    /// <returns>Whether there may be more. Another process may have deleted the same batch at the same time.</returns>
    public static async Task<bool> DeleteMessagesAsync(
        ConversationsDbContext db,
        Conversation hidden,
        CancellationToken cancellationToken
    )
    {
        var messages = db.Set<Message>().Where(m => m.ConversationSid == hidden.Sid);
        var batch = messages.OrderBy(m => m.Index).Take(MessagesOfBatch(hidden.NonChatCount));
        return await batch.ExecuteDeleteAsync(cancellationToken) > 0 || await messages.AnyAsync(cancellationToken);
    }

    private static async Task<bool> PurgeAsync(ConversationsDbContext db, CancellationToken cancellationToken)
    {
        var hidden = await db.Set<Conversation>()
            .FirstOrDefaultAsync(c => c.AccountSid == Resource.NoAccount, cancellationToken);
        return hidden is not null
            && await db.InTransactionAsync(
                async () =>
                {
                    if (!await DeleteMessagesAsync(db, hidden, cancellationToken))
                    {
                        await db.Set<Conversation>()
                            .Where(c => c.Sid == hidden.Sid)
                            .ExecuteDeleteAsync(cancellationToken);
                    }

                    return true;
                },
                cancellationToken
            );
    }

    // Whether a service has more conversations, participants, messages and receipts than a batch.
    private static async Task<bool> AreManyAsync(
        ConversationsDbContext db,
        string chatServiceSid,
        CancellationToken cancellationToken
    ) =>
        await FirstOf(db, chatServiceSid)
            .SumAsync(c => 1 + c.ParticipantCount + c.NextMessageIndex * (1 + c.NonChatCount), cancellationToken)
        > ConversationsDbContext.BatchSize;

    private static IQueryable<Conversation> FirstOf(ConversationsDbContext db, string chatServiceSid) =>
        db.Set<Conversation>()
            .Where(c => c.ChatServiceSid == chatServiceSid)
            .OrderBy(c => c.Sid)
            .Take(ConversationsDbContext.BatchSize);

    // The participants and messages count too. When those of the first conversation are too many for a batch, it is
    // hidden, and its messages are deleted before it.
    private static async Task<int> DeleteBatchAsync(
        ConversationsDbContext db,
        string chatServiceSid,
        CancellationToken cancellationToken
    )
    {
        var conversations = await FirstOf(db, chatServiceSid)
            .Select(c => new { c.Sid, Rows = 1 + c.ParticipantCount + c.NextMessageIndex * (1 + c.NonChatCount) })
            .ToListAsync(cancellationToken);
        if (conversations is [{ Rows: > ConversationsDbContext.BatchSize, Sid: var sid }, ..])
        {
            var large = await db.Set<Conversation>()
                .AsTracking()
                .SingleOrDefaultAsync(c => c.Sid == sid, cancellationToken);
            if (large is null)
            {
                return 1; // The purger has deleted it meanwhile.
            }

            if (large.AccountSid != Resource.NoAccount)
            {
                await db.HideAsync(large, cancellationToken);
                return 1;
            }

            if (await DeleteMessagesAsync(db, large, cancellationToken))
            {
                return 1;
            }
        }

        var rows = 0L;
        string[] sids =
        [
            .. conversations
                .TakeWhile((c, i) => (rows += c.Rows) <= ConversationsDbContext.BatchSize || i == 0)
                .Select(c => c.Sid),
        ];
        return await db.Set<Conversation>().Where(c => sids.Contains(c.Sid)).ExecuteDeleteAsync(cancellationToken);
    }
}
