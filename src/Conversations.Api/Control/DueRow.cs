namespace Conversations.Api.Control;

/// <summary>Something that happens at a date of the account's clock.</summary>
/// <param name="Kind">One of <see cref="DueKind"/>.</param>
/// <param name="Sid">The conversation of a timer, the receipt of a delivery, the id of an event.</param>
/// <param name="MessageSid">The message of a delivery; else null.</param>
/// <param name="Closes">Whether it is the timer Timers.Closed.</param>
internal sealed record DueRow(
    DateTime Date,
    string Kind,
    string Sid,
    string? ConversationSid,
    string? MessageSid = null,
    bool Closes = false
);
