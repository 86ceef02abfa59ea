namespace Conversations.Api.Conversations;

/// <summary>A timer that has expired.</summary>
/// <param name="Closes">Whether it is Timers.Closed.</param>
public sealed record DueTimer(DateTime Date, string ConversationSid, bool Closes);
