using Conversations.Api.Webhooks;

namespace Conversations.Api.Control;

/// <summary>An event for one receiver, with its latest tries.</summary>
/// <param name="Tries">Oldest first.</param>
public sealed record DeliveryEntry(Guid Id, IReadOnlyList<WebhookCall> Tries) : JournalEntry
{
    public WebhookCall Last => Tries[^1];

    public string? this[string field] => Last.Form.FirstOrDefault(pair => pair.Key == field).Value;
}
