using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Receipts;

/// <summary>
/// Sends new messages to the participants that have an address, except the author. The network is simulated:
/// <list type="number">
/// <item>The transaction of the message also writes a receipt for each of these participants. It contains the outcome,
/// and the date of its first step.</item>
/// <item>The worker of every process (<see cref="DeliveryWorker"/>) looks for due receipts, and moves those of a
/// message one step on. The row of the message is their lock, so only one of several servers makes the step.</item>
/// <item>The same transaction counts the statuses in the message's row and stores the events. So a read of messages
/// needs no receipts.</item>
/// </list>
/// </summary>
public sealed class Deliveries(
    ConversationsDbContext db,
    DeliveryOptions options,
    IEnumerable<IDeliveryRules> rules,
    RequestScope scope,
    WorkSignal<DeliveryWorker> signal,
    AccountClock clock
)
{
    /// <summary>
    /// The limit of a text to and from a phone, in characters. A longer one to a phone is an error of its delivery, not
    /// of the request.
    /// </summary>
    public const int MaxTextLength = 1600;

    private const int TextTooLong = 21617;

    /// <summary>
    /// Writes the receipts of a message that the transaction adds (step 1). Without participants that have an address
    /// it runs no statement.
    /// </summary>
    /// <param name="conversation">The conversation's row under its lock.</param>
    public async Task AddAsync(Message message, Conversation conversation, CancellationToken cancellationToken)
    {
        if (conversation.NonChatCount == 0)
        {
            return;
        }

        await db.SaveChangesAsync(cancellationToken); // The receipts refer to the message.
        SqlValues values = new();
        var outcomes = await OutcomesOfAsync(message, values, cancellationToken);
        var sql = InsertSql(message, conversation, outcomes, values);
        if (await db.Database.ExecuteSqlRawAsync(sql, values.All, cancellationToken) > 0)
        {
            scope.OnAnswered(signal.Signal);
        }
    }

    // One statement for all receipts. The conversation's row counts at least as many participants as there are
    // addresses, so there are enough SIDs.
    private string InsertSql(
        Message message,
        Conversation conversation,
        List<(string Condition, string Status, int? ErrorCode)> outcomes,
        SqlValues values
    )
    {
        var now = clock.Now;
        var sids = Enumerable
            .Range(1, conversation.NonChatCount)
            .Select(n => $"({n}, {values.Add(clock.NewSid<Receipt>())})")
            .ToList();
        var (conversationSid, date) = (values.Add(message.ConversationSid), values.Add(now));
        var firstStep = clock.IsMoved
            ? values.Add(now.AddSeconds(options.StepSeconds))
            : db.DateAfter(options.StepSeconds);
        var author = message.ParticipantSid is null ? "" : $" AND sid <> {values.Add(message.ParticipantSid)}";
        var channel = conversation.IsGroup || message.HasMedia ? "MM" : "SM";
        return $"""
            WITH sids (n, sid) AS (VALUES {string.Join(", ", sids)})
            INSERT INTO receipts (sid, account_sid, chat_service_sid, conversation_sid, message_sid, participant_sid,
                channel_message_sid, outcome, error_code, next_step, date_created, date_updated)
            SELECT sids.sid, {values.Add(message.AccountSid)}, {values.Add(message.ChatServiceSid)}, {conversationSid},
                {values.Add(message.Sid)}, p.sid,
                CASE WHEN p.binding_type = '{AddressType.WhatsApp}' THEN 'WA' ELSE '{channel}' END
                    || substr(sids.sid, 3),
                CASE {Cases(outcomes, outcome => $"'{outcome.Status}'")} ELSE '{ReceiptStatus.Delivered}' END,
                CASE {Cases(outcomes, outcome => $"{outcome.ErrorCode?.ToString() ?? "NULL"}")} END,
                {firstStep}, {date}, {date}
            FROM sids JOIN (
                SELECT sid, address, binding_type, row_number() OVER (ORDER BY sid) AS n FROM participants
                WHERE conversation_sid = {conversationSid} AND address IS NOT NULL{author}
            ) AS p ON p.n = sids.n
            """;
    }

    // The first condition that holds decides.
    private async Task<List<(string Condition, string Status, int? ErrorCode)>> OutcomesOfAsync(
        Message message,
        SqlValues values,
        CancellationToken cancellationToken
    )
    {
        List<(string Condition, string Status, int? ErrorCode)> outcomes = [];
        foreach (var rule in rules)
        {
            foreach (var (participant, outcome) in await rule.OutcomesAsync(db, message, cancellationToken))
            {
                outcomes.Add(($"p.sid = {values.Add(participant)}", outcome.Status, outcome.ErrorCode));
            }
        }

        if (message.Body?.Length > MaxTextLength)
        {
            outcomes.Add(($"p.binding_type <> '{AddressType.Email}'", ReceiptStatus.Failed, TextTooLong));
        }

        outcomes.AddRange(
            options.Outcomes.Select(outcome =>
                ($"p.address = {values.Add(outcome.Address)}", outcome.Status, outcome.ErrorCode)
            )
        );
        if (options.WhatsAppReads)
        {
            outcomes.Add(($"p.binding_type = '{AddressType.WhatsApp}'", ReceiptStatus.Read, null));
        }

        return outcomes;
    }

    private static string Cases(
        IEnumerable<(string Condition, string Status, int? ErrorCode)> outcomes,
        Func<(string Condition, string Status, int? ErrorCode), string> result
    ) => string.Join(' ', outcomes.Select(outcome => $"WHEN {outcome.Condition} THEN {result(outcome)}"));
}
