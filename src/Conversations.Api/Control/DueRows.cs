using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>What happens next in an account by its clock.</summary>
internal sealed class DueRows(ConversationsDbContext db)
{
    /// <summary>The soonest, in their order.</summary>
    /// <param name="until">Only what is due then.</param>
    public async Task<List<DueRow>> SoonestAsync(
        string accountSid,
        DateTime until,
        int limit,
        CancellationToken cancellationToken
    )
    {
        List<DueRow> rows = [];
        foreach (var query in new[] { Timers(accountSid, until), Deliveries(accountSid, until) })
        {
            rows.AddRange(await query.Take(limit).ToListAsync(cancellationToken));
        }

        rows.AddRange(await WebhooksAsync(accountSid, until, limit, cancellationToken));
        return [.. rows.OrderBy(row => row.Date).ThenBy(row => row.Sid, StringComparer.Ordinal).Take(limit)];
    }

    /// <summary>The events of the account that wait for another try.</summary>
    public IQueryable<WebhookDelivery> Paused(string accountSid) =>
        db.Set<WebhookDelivery>().Where(d => d.AccountSid == accountSid && d.LastError != null);

    // A conversation with an earlier Timers.Closed never becomes inactive.
    private IQueryable<DueRow> Timers(string accountSid, DateTime until)
    {
        var inactive = db.Set<Conversation>()
            .Live(db)
            .Where(c => c.AccountSid == accountSid && c.State == ConversationState.Active && c.DateInactive <= until)
            .Where(c => c.DateClosed == null || c.DateClosed > c.DateInactive)
            .Select(c => new
            {
                c.Sid,
                Date = c.DateInactive!.Value,
                Closes = false,
            });
        var closed = db.Set<Conversation>()
            .Live(db)
            .Where(c => c.AccountSid == accountSid && c.DateClosed <= until)
            .Where(c => c.State == ConversationState.Active || c.State == ConversationState.Inactive)
            .Select(c => new
            {
                c.Sid,
                Date = c.DateClosed!.Value,
                Closes = true,
            });
        return inactive
            .Concat(closed)
            .OrderBy(c => c.Date)
            .ThenBy(c => c.Sid)
            .Select(c => new DueRow(c.Date, DueKind.Timer, c.Sid, c.Sid, null, c.Closes));
    }

    private IQueryable<DueRow> Deliveries(string accountSid, DateTime until) =>
        db.Set<Receipt>()
            .Live(db)
            .Where(r => r.AccountSid == accountSid && r.NextStep <= until)
            .OrderBy(r => r.NextStep)
            .ThenBy(r => r.Sid)
            .Select(r => new DueRow(
                r.NextStep!.Value,
                DueKind.Delivery,
                r.Sid,
                r.ConversationSid,
                r.MessageSid,
                false
            ));

    private async Task<IEnumerable<DueRow>> WebhooksAsync(
        string accountSid,
        DateTime until,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await Paused(accountSid)
            .Where(d => d.NextAttempt <= until && d.NextAttempt > WebhookDelivery.AtOnce)
            .OrderBy(d => d.NextAttempt)
            .ThenBy(d => d.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
        return rows.Select(d => new DueRow(
            d.NextAttempt!.Value,
            DueKind.Webhook,
            d.EventId.ToString(),
            d.Queue.StartsWith(Conversation.SidPrefix, StringComparison.Ordinal) ? d.Queue.Split(' ')[0] : null
        ));
    }
}
