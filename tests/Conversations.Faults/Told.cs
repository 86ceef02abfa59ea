using System.Text.Json;
using Conversations.Api.Receipts;
using Conversations.Api.Webhooks;

namespace Conversations.Faults;

/// <summary>
/// The events of the outbox, compared with the rows: both are committed in one transaction. No receiver may have got
/// any of the events.
/// </summary>
internal static class Told
{
    /// <summary>Fails unless every participant and message has the event of its creation, once.</summary>
    public static void CheckCreated(Snapshot rows)
    {
        var participants = Events(rows, WebhookEvents.ParticipantAdded, "ParticipantSid", "ParticipantSid");
        Assert.All(rows.Participants, p => Assert.Single(participants[p.Sid]));
        var messages = Events(rows, WebhookEvents.MessageAdded, "MessageSid", "Index");
        Assert.All(rows.Messages, m => Assert.Equal($"{m.Index}", Assert.Single(messages[m.Sid])));
    }

    /// <summary>Fails unless every receipt has an event for each status until now, once and in their order.</summary>
    public static void CheckDelivered(Snapshot rows)
    {
        var statuses = Events(rows, WebhookEvents.DeliveryUpdated, "DeliveryReceiptSid", "Status");
        Assert.All(rows.Receipts, receipt => Assert.Equal(StatusesOf(receipt), statuses[receipt.Sid]));
    }

    /// <summary>One field of the events of a type, by the value of another one, in the order of the outbox.</summary>
    public static ILookup<string, string> Events(Snapshot rows, string type, string key, string field) =>
        rows
            .Deliveries.Where(delivery => delivery.EventType == type)
            .OrderBy(delivery => delivery.Id)
            .Select(delivery => JsonSerializer.Deserialize<List<KeyValuePair<string, string>>>(delivery.Body)!)
            .ToLookup(fields => Value(fields, key), fields => Value(fields, field));

    private static string[] StatusesOf(Receipt receipt) =>
        receipt.Status switch
        {
            null => [],
            ReceiptStatus.Sent or ReceiptStatus.Failed => [receipt.Status],
            ReceiptStatus.Read => [ReceiptStatus.Sent, ReceiptStatus.Delivered, receipt.Status],
            _ => [ReceiptStatus.Sent, receipt.Status],
        };

    private static string Value(List<KeyValuePair<string, string>> fields, string name) =>
        fields.Single(field => field.Key == name).Value;
}
