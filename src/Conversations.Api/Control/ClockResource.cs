using System.Text.Json.Serialization;

namespace Conversations.Api.Control;

/// <summary>The clock of an account.</summary>
/// <param name="Now">The account's time.</param>
/// <param name="OffsetSeconds">How far it is ahead of real time.</param>
/// <param name="Due">What happens next, soonest first, at most 50.</param>
/// <param name="Fired">What became due while the clock was advanced.</param>
public sealed record ClockResource(
    DateTimeOffset Now,
    bool Frozen,
    double OffsetSeconds,
    IReadOnlyList<DueResource> Due,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FiredResource? Fired
);

/// <summary>Something that happens at a date of the account's clock.</summary>
/// <param name="Kind">
/// timer (of a conversation), delivery (the next status of a receipt), or webhook (another try of an event).
/// </param>
/// <param name="Sid">The conversation of a timer, the receipt of a delivery, the id of an event.</param>
public sealed record DueResource(DateTimeOffset At, string Kind, string Sid, string? ConversationSid);

/// <summary>What became due, by kind.</summary>
public sealed record FiredResource(int Timer, int Delivery, int Webhook);
