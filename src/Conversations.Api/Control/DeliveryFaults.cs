using System.Collections.Frozen;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>Applies the rules of faults to the deliveries of a new message.</summary>
public sealed class DeliveryFaults(FaultRules rules) : IDeliveryRules
{
    // Twilio's code for a reason that the carrier does not tell.
    private const int UnknownError = 30008;

    private static readonly FrozenDictionary<string, DeliveryOutcome> None = FrozenDictionary<
        string,
        DeliveryOutcome
    >.Empty;

    public async ValueTask<IReadOnlyDictionary<string, DeliveryOutcome>> OutcomesAsync(
        ConversationsDbContext db,
        Message message,
        CancellationToken cancellationToken
    )
    {
        var known = await rules.OfAsync(message.AccountSid, FaultKind.Delivery, db, cancellationToken);
        return known is [] ? None : await DecideAsync(db, message, known, cancellationToken);
    }

    private static async Task<Dictionary<string, DeliveryOutcome>> DecideAsync(
        ConversationsDbContext db,
        Message message,
        Fault[] known,
        CancellationToken cancellationToken
    )
    {
        var participants = await db.Set<Participant>()
            .Where(p => p.ConversationSid == message.ConversationSid && p.Address != null)
            .Where(p => p.Sid != message.ParticipantSid)
            .OrderBy(p => p.Sid)
            .Select(p => new { p.Sid, p.Address })
            .ToListAsync(cancellationToken);
        Dictionary<string, DeliveryOutcome> outcomes = [];
        foreach (var participant in participants)
        {
            foreach (var fault in known.Where(f => f.Form.Address is null || f.Form.Address == participant.Address))
            {
                if (await FaultRules.HitsAsync(db, message.AccountSid, fault, cancellationToken))
                {
                    outcomes[participant.Sid] = OutcomeOf(fault.Form);
                    break;
                }
            }
        }

        return outcomes;
    }

    private static DeliveryOutcome OutcomeOf(FaultForm form) =>
        new()
        {
            Status = form.Delivery!,
            ErrorCode = form.Delivery is ReceiptStatus.Failed or ReceiptStatus.Undelivered
                ? form.DeliveryError ?? UnknownError
                : null,
        };
}
