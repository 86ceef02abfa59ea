using Conversations.Api.Data;
using Conversations.Api.Messages;

namespace Conversations.Api.Receipts;

/// <summary>
/// Chooses the outcomes of single deliveries, before those of the configuration. None is registered unless /control is
/// on.
/// </summary>
public interface IDeliveryRules
{
    /// <summary>It runs in the transaction of a new message. What it writes is undone with the message.</summary>
    /// <returns>Outcomes by the SIDs of participants.</returns>
    ValueTask<IReadOnlyDictionary<string, DeliveryOutcome>> OutcomesAsync(
        ConversationsDbContext db,
        Message message,
        CancellationToken cancellationToken
    );
}
