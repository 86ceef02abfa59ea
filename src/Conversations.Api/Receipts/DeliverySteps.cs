using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Receipts;

/// <summary>The steps of deliveries. <see cref="Deliveries"/> describes the protocol.</summary>
public sealed class DeliverySteps(
    ConversationsDbContext db,
    PostActionWebhooks webhooks,
    WorkSignal<WebhookSender> signal,
    DeliveryOptions options,
    AccountClocks clocks,
    AccountClock clock
)
{
    /// <summary>The number of receipts that one query looks for.</summary>
    public const int BatchSize = 100;

    /// <summary>The SIDs of messages that have due receipts, longest due first.</summary>
    /// <param name="accountSid">The account of the scope; null for all accounts without a moved clock.</param>
    public async Task<IReadOnlyList<string>> DueAsync(string? accountSid, CancellationToken cancellationToken)
    {
        var messages = await clocks
            .RowsOf(db.Set<Receipt>().Live(db), accountSid)
            .Where(r => r.NextStep <= DateTime.UtcNow)
            .At(clock)
            .OrderBy(r => r.NextStep)
            .Take(BatchSize)
            .Select(r => r.MessageSid)
            .ToListAsync(cancellationToken);
        return [.. messages.Distinct()];
    }

    /// <summary>Moves the due receipts of a message one step on (steps 2 and 3).</summary>
    public async Task StepAsync(string messageSid, CancellationToken cancellationToken)
    {
        if (await db.InTransactionAsync(() => StepDueAsync(messageSid, cancellationToken), cancellationToken) > 0)
        {
            signal.Signal();
        }
    }

    /// <summary>Does the same in the caller's transaction, which saves the events.</summary>
    /// <returns>The number of receipts.</returns>
    public async Task<int> StepDueAsync(string messageSid, CancellationToken cancellationToken)
    {
        // The lock. A deleted message has no receipts. (An UPDATE that changes nothing would lock the row too, but then
        // the next UPDATE of the transaction checks the foreign keys, and waits for the conversation.)
        var message = db.Set<Message>().Where(m => m.Sid == messageSid);
        var locked = $"SELECT sid FROM messages WHERE sid = {{0}}{db.LockForUpdate}";
        await db.Database.ExecuteSqlRawAsync(locked, [messageSid], cancellationToken);
        var found = await db.Set<Receipt>()
            .Live(db)
            .AsTracking()
            .Where(r => r.MessageSid == messageSid)
            .OrderBy(r => r.Sid)
            .Select(r => new { Receipt = r, IsDue = r.NextStep <= DateTime.UtcNow })
            .At(clock)
            .ToListAsync(cancellationToken);
        Receipt[] due = [.. found.Where(row => row.IsDue).Select(row => row.Receipt)];
        if (due is [])
        {
            return 0; // Another server has made the step, or the chat service is deleted.
        }

        var (now, pause) = (clock.Now, TimeSpan.FromSeconds(options.StepSeconds));
        Array.ForEach(due, receipt => receipt.Step(now, pause));
        await CountAsync(message, [.. found.Select(row => row.Receipt)], cancellationToken);
        foreach (var read in due.Where(receipt => receipt.Status == ReceiptStatus.Read))
        {
            await ReadAsync(message, read.ParticipantSid, now, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await webhooks.AddAsync([.. due.Select(ReceiptEvents.Updated)], cancellationToken);
        return due.Length;
    }

    // The statuses are cumulative: a read message was delivered, and a delivered or undelivered message was sent.
    private static Task<int> CountAsync(
        IQueryable<Message> message,
        IReadOnlyList<Receipt> all,
        CancellationToken cancellationToken
    )
    {
        var (failed, undelivered) = (Count(ReceiptStatus.Failed), Count(ReceiptStatus.Undelivered));
        var read = Count(ReceiptStatus.Read);
        var delivered = read + Count(ReceiptStatus.Delivered);
        var sent = delivered + undelivered + Count(ReceiptStatus.Sent);
        return message.ExecuteUpdateAsync(
            m =>
                m.SetProperty(r => r.ReceiptCount, all.Count)
                    .SetProperty(r => r.SentCount, sent)
                    .SetProperty(r => r.DeliveredCount, delivered)
                    .SetProperty(r => r.ReadCount, read)
                    .SetProperty(r => r.FailedCount, failed)
                    .SetProperty(r => r.UndeliveredCount, undelivered),
            cancellationToken
        );

        int Count(string status) => all.Count(receipt => receipt.Status == status);
    }

    // The read horizon of the participant moves forward to the message.
    private async Task ReadAsync(
        IQueryable<Message> message,
        string participantSid,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        var index = await message.Select(m => m.Index).SingleAsync(cancellationToken);
        await db.Set<Participant>()
            .Where(p =>
                p.Sid == participantSid
                && !p.ConversationClosed
                && (p.LastReadMessageIndex == null || p.LastReadMessageIndex < index)
            )
            .ExecuteUpdateAsync(
                p =>
                    p.SetProperty(r => r.LastReadMessageIndex, index)
                        .SetProperty(r => r.LastReadTimestamp, now)
                        .SetProperty(r => r.DateUpdated, now),
                cancellationToken
            );
    }
}
